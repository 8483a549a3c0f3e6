"""``grade key``: answer keys."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
from rich.console import Console

from grader.answer_key.build import build_key
from grader.answer_key.file import key_bytes, write_atomically
from grader.answer_key.find import PUBLIC_SEED, shipped_key
from grader.answer_key.model import AnswerKey, KeyRequest
from grader.checks import Evidence
from grader.checks.base import as_numbers
from grader.checks.close import Close
from grader.cli.options import DEVICES, SEED
from grader.errors import AnswerKeyError
from grader.protocol.values import Value
from grader.rubric.load import RubricFile, find_rubric


# MERGED: ``grade key``: building and verifying answer keys.
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


@click.group()
def key() -> None:
    """Make and verify answer keys."""


@key.command()
@click.option("--rubric", help="A lab's name or a rubric file.")
@click.option("--model", help="Grading model in place of the rubric's.")
@click.option("--device", type=DEVICES, default="auto", show_default=True)
@click.option("--full", is_flag=True, help="The hidden key, for `grade NOTEBOOK --full --key`.")
@click.option("--seed", type=SEED, help="What hidden models are drawn from; a fresh one if none.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="Where to write it."
)
def build(  # noqa: PLR0913 (one parameter an option: click's way)
    rubric: str | None,
    model: str | None,
    device: str,
    seed: int | None,
    output: Path,
    *,
    full: bool,
) -> None:
    """Run the reference and keep its answers."""
    from grader.answer_key.model import KeyRequest
    from grader.rubric.hidden_models import fresh_seed

    drawn = seed if seed is not None else fresh_seed() if full else 0
    request = KeyRequest(device=device, seed=drawn, hidden=full)
    build_to(output, rubric=rubric, model=model, request=request)


@key.command()
@click.option("--rubric", help="A lab's name or a rubric file.")
@click.option("--device", type=DEVICES, default="auto", show_default=True)
@click.pass_context
def verify(ctx: click.Context, rubric: str | None, device: str) -> None:
    """Check that the key that ships is what the reference answers here and now."""
    ctx.exit(verify_shipped(rubric=rubric, device=device))
