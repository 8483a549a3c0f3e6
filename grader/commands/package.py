"""``grade package PLATFORM``: everything that a platform or a student needs, in one zip."""

from pathlib import Path

from rich.console import Console

from grader.errors import GraderError
from grader.key_file import write_atomically
from grader.packages.files import zipped
from grader.packages.gathering import Order, gather
from grader.packages.platforms import PACKAGES
from grader.reading import shown

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
