"""``grade package``: packs everything a course platform or a student needs into one zip."""

from pathlib import Path

from rich.console import Console

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
