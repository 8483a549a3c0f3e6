"""``grade key``: answer keys."""

from pathlib import Path

import click

from grader.cli.options import DEVICES, SEED


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
    from grader.answers import KeyRequest
    from grader.commands.key import build_to
    from grader.hidden import fresh_seed

    drawn = seed if seed is not None else fresh_seed() if full else 0
    request = KeyRequest(device=device, seed=drawn, hidden=full)
    build_to(output, rubric=rubric, model=model, request=request)


@key.command()
@click.option("--rubric", help="A lab's name or a rubric file.")
@click.option("--device", type=DEVICES, default="auto", show_default=True)
@click.pass_context
def verify(ctx: click.Context, rubric: str | None, device: str) -> None:
    """Check that the key that ships is what the reference answers here and now."""
    from grader.commands.key import verify_shipped

    ctx.exit(verify_shipped(rubric=rubric, device=device))
