"""``grade package``: what goes to a course platform, or to students."""

from pathlib import Path

import click

_INDEX = "Where else pip finds packages: for torch without CUDA, PyTorch's page names one."


@click.command()
@click.argument(
    "platform",
    type=click.Choice(["classroom50", "coursera", "gradescope", "prairielearn", "student"]),
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The zip to write.")
@click.option("--rubric", help="A lab's name or a rubric file.")
@click.option(
    "--worlds",
    type=click.IntRange(0, 100),
    default=8,
    show_default=True,
    help="How many sets of hidden models to make keys for; each run draws one.",
)
@click.option(
    "--limit",
    type=click.FloatRange(min=30),
    help="The platform's time limit in seconds, where it is not the usual one.",
)
@click.option("--index", metavar="ADDRESS", help=_INDEX)
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Keys at a time."
)
@click.option("--with-reference", is_flag=True, help="Pack the reference's source too.")
def package(  # noqa: PLR0913, PLR0917 (one parameter an option: click's way)
    platform: str,
    output: Path | None,
    rubric: str | None,
    worlds: int,
    limit: float | None,
    index: str | None,
    jobs: int,
    *,
    with_reference: bool,
) -> None:
    """Pack the grader, a rubric and its keys for a course platform, or for students."""
    from grader.commands.package import write_package
    from grader.packages.gathering import Order

    if index is not None and (not index.isprintable() or " " in index):
        raise click.UsageError("--index is one address, without spaces.")
    order = Order(
        platform=platform,
        rubric=rubric,
        worlds=worlds,
        jobs=jobs,
        seconds=limit,
        index=index,
        reference=with_reference,
    )
    write_package(order, output)
