"""``grade package``: packs everything a course platform or a student needs into one zip."""

from pathlib import Path

import click
from rich.console import Console

from grader.cli.options import (
    GRADING,
    OUTPUT,
    SectionedCommand,
    option,
    output_option,
    rubric_option,
)
from grader.errors import GraderError
from grader.files.atomic_write import write_atomically
from grader.files.escape import printable
from grader.integrations.packages.build import PackageOptions, collect_contents
from grader.integrations.packages.files import zip_files
from grader.integrations.packages.registry import PACKAGES

_MB = 2**20


def write_package(order: PackageOptions, output: Path | None) -> None:
    """Build a package and write it.

    Args:
        order: The package's options.
        output: The zip; None for a name after the platform.

    Raises:
        GraderError: A part is not available, or the file cannot be written.
    """
    console = Console(stderr=True)
    package = PACKAGES[order.platform]
    path = output or Path(f"{order.platform}.zip")
    with console.status("Packing …"):
        contents = collect_contents(order, lambda text: console.print(text, highlight=False))
        data = zip_files(package.make_files(contents))
    try:
        write_atomically(path, data)
    except OSError as error:
        reason = error.strerror or error
        raise GraderError(f"Cannot write {printable(str(path))}: {reason}.") from error
    hidden = f", hidden keys: {len(contents.hidden_keys)}" if contents.hidden_keys else ""
    console.print(
        f"Wrote {printable(str(path))} ({len(data) / _MB:.1f} MB{hidden}). {package.next_step}",
        highlight=False,
        markup=False,
        soft_wrap=True,
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
