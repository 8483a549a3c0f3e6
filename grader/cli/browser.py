"""``--open``: opens the report page in a browser, or prints its path."""

import os
import sys
import tempfile
import webbrowser
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.errors import GraderError
from grader.files.escape import printable

_DISPLAY_VARIABLES = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
_MAX_PATH = 4096


def temporary_page() -> Path:
    """Return a path for a page in a new private folder.

    Raises:
        GraderError: The folder cannot be created.
    """
    try:
        return Path(tempfile.mkdtemp(prefix="grade-")) / "report.html"
    except OSError as error:
        raise GraderError(f"No temporary folder for the page: {error}. Use --html FILE.") from error


def open_page(page: Path, console: Console) -> None:
    """Open a page in the browser, and print where it is."""
    path = printable(str(page.resolve()), _MAX_PATH)
    if _launch_browser(page.resolve().as_uri()):
        text = f"The report's page is {path}"
    else:
        text = f"No browser could be opened: open {path} by hand."
    console.print(Text(text), soft_wrap=True)


def _launch_browser(url: str) -> bool:
    # Without a display only text browsers are found, which would take over the terminal.
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _DISPLAY_VARIABLES):
        return False
    try:
        return webbrowser.open(url)
    except (webbrowser.Error, OSError):
        return False
