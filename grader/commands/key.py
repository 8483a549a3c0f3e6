"""``grade key``: building and verifying answer keys."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console

from grader.answer_key import build_key
from grader.answers import AnswerKey, KeyRequest
from grader.checks import Evidence
from grader.checks.close import Close
from grader.checks.evidence import as_numbers
from grader.errors import AnswerKeyError
from grader.key_file import key_bytes, write_atomically
from grader.key_store import PUBLIC_SEED, shipped_key
from grader.rubric_file import RubricFile, find_rubric
from grader.values import Value


def build_to(output: Path, *, rubric: str | None, model: str | None, request: KeyRequest) -> None:
    """Build a key and write it.

    Raises:
        AnswerKeyError: The reference is absent or fails, or the file cannot be written.
    """
    file = find_rubric(rubric)
    chosen = replace(file, rubric=file.rubric.on_model(model))
    key = build_key(chosen, request)
    try:
        write_atomically(output, key_bytes(key))
    except OSError as error:
        raise AnswerKeyError(f"Cannot write {output}: {error.strerror or error}.") from error
    Console().print(
        f"Wrote {output}: {len(key.expected)} probes on {key.about.model}.", highlight=False
    )


def verify_shipped(*, rubric: str | None, device: str) -> int:
    """Compare the key that ships with what the reference answers now.

    Returns:
        0 when they agree, 3 when they do not.

    Raises:
        AnswerKeyError: No key ships for this rubric, or the reference is absent.
    """
    file = find_rubric(rubric)
    shipped = shipped_key(file)
    if shipped is None:
        raise AnswerKeyError(
            "The key that ships is stale: the rubric's probes changed. Run `grade key build`."
        )
    built = build_key(file, KeyRequest(device=device, seed=PUBLIC_SEED))
    console = Console()
    stale = list(_differences(file, shipped, built))
    for line in stale:
        console.print(line, highlight=False)
    if shipped.about.reference_sha256 != built.about.reference_sha256:
        console.print("The reference's source changed since the key was made.", highlight=False)
    if stale:
        return AnswerKeyError.exit_code
    console.print(
        f"The key agrees with the reference on all {len(built.expected)} probes.", highlight=False
    )
    return 0


def _differences(file: RubricFile, shipped: AnswerKey, built: AnswerKey) -> Iterator[str]:
    if shipped.expected.keys() != built.expected.keys():
        yield "The key has other probes than the rubric."
        return
    for name, expected in shipped.expected.items():
        now = built.expected[name].value
        if as_numbers(now) is None:
            if not _same(expected.value, now):
                yield f"{name}: the reference's answer is another now."
            continue
        evidence = Evidence(
            observed={name: now}, expected={name: expected}, tolerances=file.rubric.all_tolerances
        )
        finding = Close(kind="close", probe=name).judge(evidence)
        if not finding.passed:
            yield f"{name}: {finding.message}"


def _same(one: Value, other: Value) -> bool:
    """Whether two structured values agree part by part."""
    left, right = as_numbers(one), as_numbers(other)
    if left is not None and right is not None:
        return left.shape == right.shape and bool(np.allclose(left, right, atol=1e-4, rtol=1e-3))
    mine = getattr(one, "items", None) or list(getattr(one, "entries", {}).values())
    theirs = getattr(other, "items", None) or list(getattr(other, "entries", {}).values())
    return len(mine) == len(theirs) > 0 and all(
        _same(a, b) for a, b in zip(mine, theirs, strict=True)
    )
