"""``grade package``: what goes to a course platform, or to students."""

from pathlib import Path

import click
from rich.console import Console

from grader.answer_key.file import write_atomically
from grader.errors import GraderError
from grader.files.untrusted import shown
from grader.integrations.packages.build import Order, gather
from grader.integrations.packages.files import zipped
from grader.integrations.packages.registry import PACKAGES

# MERGED: ``grade package PLATFORM``: everything that a platform or a student needs, in one zip.
_MB = 2**20


def write_package(order: Order, output: Path | None) -> None:
    """Pack it and write it.

    Args:
        order: What is to be packed.
        output: The zip; named after the platform if not given.

    Raises:
        GraderError: A part cannot be had, or the file cannot be written.
    """
    console = Console(stderr=True)
    package = PACKAGES[order.platform]
    path = output or Path(f"{order.platform}.zip")
    with console.status("Packing …"):
        parts = gather(order, lambda text: console.print(text, highlight=False))
        data = zipped(package.files(parts))
    try:
        write_atomically(path, data)
    except OSError as error:
        said = error.strerror or error
        raise GraderError(f"Cannot write {shown(str(path))}: {said}.") from error
    hidden = f", hidden keys: {len(parts.hidden_keys)}" if parts.hidden_keys else ""
    console.print(
        f"Wrote {shown(str(path))} ({len(data) / _MB:.1f} MB{hidden}). {package.next}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


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
    from grader.integrations.packages.build import Order

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
