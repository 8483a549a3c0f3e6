"""Options of ``grade package``."""

from pathlib import Path

import click

from grader.cli.options import (
    GRADING,
    OUTPUT,
    SectionedCommand,
    option,
    output_option,
    rubric_option,
)


@click.command(cls=SectionedCommand)
@click.argument(
    "platform",
    type=click.Choice(["classroom50", "coursera", "gradescope", "prairielearn", "student"]),
)
@rubric_option
@option(
    "--model-sets",
    type=click.IntRange(0, 100),
    default=8,
    show_default=True,
    help="Number of hidden keys to build, each for its own set of models; each run uses one.",
    section=GRADING,
)
@option(
    "--limit",
    metavar="SECONDS",
    type=click.FloatRange(min=30),
    help="The platform's time limit, if it is not the usual one.",
    section=GRADING,
)
@output_option("The zip to write. Defaults to the platform's name in the current folder.")
@option(
    "--pip-index-url",
    metavar="URL",
    help="Further package index for pip, such as PyTorch's index of builds without CUDA.",
    section=OUTPUT,
)
@option("--with-reference", is_flag=True, help="Pack the reference's source too.", section=OUTPUT)
@option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Number of keys to build at a time.",
    section=OUTPUT,
)
def package(  # noqa: PLR0913, PLR0917 (one parameter an option: click's way)
    platform: str,
    output: Path | None,
    rubric: str | None,
    model_sets: int,
    limit: float | None,
    pip_index_url: str | None,
    jobs: int,
    *,
    with_reference: bool,
) -> None:
    """Pack the grader for a course platform or for students.

    The zip holds the grader, a rubric and its answer keys.
    """
    from grader.cli.write_package import write_package
    from grader.integrations.packages.build import PackageOptions

    if pip_index_url is not None and (not pip_index_url.isprintable() or " " in pip_index_url):
        raise click.UsageError("--pip-index-url is one address, without spaces.")
    order = PackageOptions(
        platform=platform,
        rubric=rubric,
        model_sets=model_sets,
        jobs=jobs,
        time_limit=limit,
        index_url=pip_index_url,
        include_reference=with_reference,
    )
    write_package(order, output)
