"""``grade rubric``: rubrics shown and proven."""

from pathlib import Path

import click

from grader.cli.options import DEVICES


@click.group()
def rubric() -> None:
    """Show a rubric, and the schema that editors check one with."""


@rubric.command()
@click.argument("name", required=False)
def show(name: str | None) -> None:
    """Print what is asked, how it is judged and what is accepted; NAME is a lab or a file."""
    from grader.commands.rubric import show_rubric

    show_rubric(name)


@rubric.command()
@click.argument("name", required=False)
@click.option(
    "--worlds",
    type=click.IntRange(0, 100),
    default=5,
    show_default=True,
    help="Sets of models to draw, beside the public ones.",
)
@click.option("--device", type=DEVICES, default="auto", show_default=True)
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Worlds at a time."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write the margins as a page."
)
@click.pass_context
def check(  # noqa: PLR0913, PLR0917 (one parameter an option: click's way)
    ctx: click.Context, name: str | None, worlds: int, device: str, jobs: int, output: Path | None
) -> None:
    """Prove a rubric: right variants stay within its tolerances, known mistakes beyond.

    Every variant and mistake is run on the public models and on drawn ones. Exits 1 when a margin
    (error ÷ tolerance) is between 0.5 and 2, or a criterion has no mistake that loses it.
    """
    from grader.commands.rubric import check_rubric

    ctx.exit(check_rubric(name, worlds=worlds, device=device, jobs=jobs, output=output))


@rubric.command()
def schema() -> None:
    """Print the JSON Schema of rubric files."""
    from grader.commands.rubric import schema_text

    click.echo(schema_text(), nl=False)
