"""``grade key``: builds answer keys, and verifies the shipped one."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console

from grader.answer_key.build import build_key
from grader.answer_key.file import encode_key
from grader.answer_key.find import PUBLIC_SEED, shipped_key
from grader.answer_key.model import AnswerKey, KeyRequest
from grader.checks import CheckInputs
from grader.checks.base import as_numbers
from grader.checks.close import Close
from grader.errors import AnswerKeyError
from grader.files.atomic_write import write_atomically
from grader.protocol.values import Value
from grader.rubric.load import RubricFile, load_rubric


def build_to(output: Path, *, rubric: str | None, model: str | None, request: KeyRequest) -> None:
    """Build a key and write it.

    Raises:
        AnswerKeyError: The reference is not installed or fails, or the file cannot be written.
    """
    file = load_rubric(rubric)
    key = build_key(replace(file, rubric=file.rubric.on_model(model)), request)
    try:
        write_atomically(output, encode_key(key))
    except OSError as error:
        raise AnswerKeyError(f"Cannot write {output}: {error.strerror or error}.") from error
    Console().print(
        f"Wrote {output}: {len(key.expected)} probes on {key.provenance.model}.", highlight=False
    )


def verify_public_key(*, rubric: str | None, device: str) -> int:
    """Compare the shipped key with the reference's answers on this machine.

    Returns:
        The exit code: 0 if they agree, 3 otherwise.

    Raises:
        AnswerKeyError: No key ships for this rubric, or the reference is not installed.
    """
    file = load_rubric(rubric)
    shipped = shipped_key(file)
    if shipped is None:
        raise AnswerKeyError(
            "The shipped key is stale, since the rubric's probes changed: run `grade key build`."
        )
    built = build_key(file, KeyRequest(device=device, seed=PUBLIC_SEED))
    console = Console()
    differences = list(_differences(file, shipped, built))
    for line in differences:
        console.print(line, highlight=False)
    if shipped.provenance.reference_sha256 != built.provenance.reference_sha256:
        console.print("The reference's source changed since the key was built.", highlight=False)
    if differences:
        return AnswerKeyError.exit_code
    console.print(
        f"The key agrees with the reference on all {len(built.expected)} probes.", highlight=False
    )
    return 0


def _differences(file: RubricFile, shipped: AnswerKey, built: AnswerKey) -> Iterator[str]:
    if shipped.expected.keys() != built.expected.keys():
        yield "The key and the rubric have different probes."
        return
    for name, expected in shipped.expected.items():
        value = built.expected[name].value
        if as_numbers(value) is None:
            if not _values_equal(expected.value, value):
                yield f"{name}: the reference's answer changed."
            continue
        evidence = CheckInputs(
            observed={name: value},
            expected={name: expected},
            tolerances=file.rubric.all_tolerances,
        )
        finding = Close(kind="close", probe=name).judge(evidence)
        if not finding.passed:
            yield f"{name}: {finding.message}"


def _values_equal(one: Value, other: Value) -> bool:
    """Return True if two structured values agree part by part."""
    left, right = as_numbers(one), as_numbers(other)
    if left is not None and right is not None:
        return left.shape == right.shape and bool(np.allclose(left, right, atol=1e-4, rtol=1e-3))
    left_parts = getattr(one, "items", None) or list(getattr(one, "entries", {}).values())
    right_parts = getattr(other, "items", None) or list(getattr(other, "entries", {}).values())
    return len(left_parts) == len(right_parts) > 0 and all(
        _values_equal(a, b) for a, b in zip(left_parts, right_parts, strict=True)
    )
