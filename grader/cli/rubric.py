"""Options of ``grade rubric``."""

from pathlib import Path

import click

from grader.cli.options import device_option, option, output_option


@click.group()
def rubric() -> None:
    """Show, check and describe rubrics."""


@rubric.command()
@click.argument("name", metavar="[LAB|FILE]", required=False)
def show(name: str | None) -> None:
    """Print a rubric: criteria, points, checks, tolerances and known answers."""
    from grader.cli.check_rubric import show_rubric

    show_rubric(name)


@rubric.command()
@click.argument("name", metavar="[LAB|FILE]", required=False)
@option(
    "--model-sets",
    type=click.IntRange(0, 100),
    default=5,
    show_default=True,
    help="Number of sets of hidden models to draw, besides the public models.",
)
@device_option
@option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Number of model sets to run at a time.",
)
@output_option("Write the margins as a Markdown page.")
@click.pass_context
def check(  # noqa: PLR0913, PLR0917 (one parameter an option: click's way)
    ctx: click.Context,
    name: str | None,
    model_sets: int,
    device: str,
    jobs: int,
    output: Path | None,
) -> None:
    """Check that right variants are within the tolerances and known mistakes beyond them.

    Runs every variant and mistake on the public models and on drawn ones. Exits with 1 if a margin
    (error ÷ tolerance) is between 0.5 and 2, or if no known mistake fails a criterion.
    """
    from grader.cli.check_rubric import check_rubric

    ctx.exit(check_rubric(name, model_sets=model_sets, device=device, jobs=jobs, output=output))


@rubric.command()
def schema() -> None:
    """Print the JSON Schema of rubric files, which editors check them with."""
    from grader.cli.check_rubric import schema_text

    click.echo(schema_text(), nl=False)
