"""``--open``: the report page shown in a browser, or where it is."""

import os
import sys
import tempfile
import webbrowser
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.errors import GraderError
from grader.files.untrusted import shown

_SCREENS = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")


def page_of_its_own() -> Path:
    """Where a page goes that nobody named: a folder that only this user can look into.

    Raises:
        GraderError: There is no room for one.
    """
    try:
        return Path(tempfile.mkdtemp(prefix="grade-")) / "report.html"
    except OSError as error:
        raise GraderError(f"No temporary folder for the page: {error}. Use --html FILE.") from error


def open_page(page: Path, console: Console) -> None:
    """Show a page in the browser; say where it is.

    Args:
        page: The file.
        console: Where to say it.
    """
    where = shown(str(page.resolve()), 4096)
    if _opened(page.resolve().as_uri()):
        said = f"The report's page is {where}"
    else:
        said = f"No browser could be opened: open {where} by hand."
    console.print(Text(said), soft_wrap=True)


def _opened(address: str) -> bool:
    # Without a screen there are only browsers that take the terminal for themselves.
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _SCREENS):
        return False
    try:
        return webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return False
