"""The report page is opened in a browser, or its path is printed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli.browser import temporary_page

CODE = """import sys; from pathlib import Path; from rich.console import Console
from grader.cli.browser import open_page
open_page(Path(sys.argv[1]), Console(width=40))"""


def output(page: Path, **environment: str) -> str:
    """Open a page in a process with these variables, and return its output."""
    without = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    env = {name: value for name, value in os.environ.items() if name not in without}
    command = [sys.executable, "-c", CODE, str(page)]
    done = subprocess.run(
        command, env=env | environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def browser(folder: Path, code: str) -> str:
    """Write a program that takes an address."""
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{code}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_the_users_own_browser_gets_the_page(tmp_path: Path) -> None:
    """The browser named by `BROWSER` gets the file's address, and the path is printed."""
    page = tmp_path / "a page.html"
    page.touch()
    own = browser(tmp_path, f'printf %s "$1" > {tmp_path}/address')
    assert output(page, BROWSER=own) == f"The report's page is {page}\n"
    assert (tmp_path / "address").read_text(encoding="utf-8") == page.as_uri()


def test_a_browser_that_fails_is_one_line(tmp_path: Path) -> None:
    """If the browser fails, the path is printed to open it by hand."""
    page = tmp_path / "page.html"
    text = output(page, BROWSER=browser(tmp_path, "exit 1"), PATH=str(tmp_path))
    assert text == f"No browser could be opened: open {page} by hand.\n"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display_no_browser_takes_the_terminal(tmp_path: Path) -> None:
    """A text browser would take over the terminal with the report."""
    browser(tmp_path, f"touch {tmp_path}/opened")
    (tmp_path / "browser").rename(tmp_path / "w3m")
    assert output(tmp_path / "page.html", PATH=str(tmp_path)).startswith("No browser could")
    assert not (tmp_path / "opened").exists()


def test_a_temporary_page_is_private() -> None:
    """Other users of the machine cannot read its folder."""
    page = temporary_page()
    assert page.parent.stat().st_mode & 0o077 == 0
    page.parent.rmdir()
