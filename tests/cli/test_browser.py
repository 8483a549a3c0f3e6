"""The report's page in a browser, or the way to it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli.browser import page_of_its_own

CODE = """import sys; from pathlib import Path; from rich.console import Console
from grader.cli.browser import open_page
open_page(Path(sys.argv[1]), Console(width=40))"""


def said(page: Path, **environment: str) -> str:
    """What is said when a page is opened, by a process that has these screens and browsers."""
    without = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    env = {name: value for name, value in os.environ.items() if name not in without}
    command = [sys.executable, "-c", CODE, str(page)]
    done = subprocess.run(
        command, env=env | environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def browser(folder: Path, code: str) -> str:
    """A program that takes an address."""
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{code}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_the_users_own_browser_gets_the_page(tmp_path: Path) -> None:
    """`BROWSER` names it; it is given the file's address, and the file is named in one line."""
    page = tmp_path / "a page.html"
    page.touch()
    own = browser(tmp_path, f'printf %s "$1" > {tmp_path}/address')
    assert said(page, BROWSER=own) == f"The report's page is {page}\n"
    assert (tmp_path / "address").read_text(encoding="utf-8") == page.as_uri()


def test_a_browser_that_fails_is_one_line(tmp_path: Path) -> None:
    """The page is there to be opened by hand."""
    page = tmp_path / "page.html"
    told = said(page, BROWSER=browser(tmp_path, "exit 1"), PATH=str(tmp_path))
    assert told == f"No browser could be opened: open {page} by hand.\n"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
def test_without_a_screen_no_browser_takes_the_terminal(tmp_path: Path) -> None:
    """A browser for terminals would sit where the report is read."""
    browser(tmp_path, f"touch {tmp_path}/opened")
    (tmp_path / "browser").rename(tmp_path / "w3m")
    assert said(tmp_path / "page.html", PATH=str(tmp_path)).startswith("No browser could")
    assert not (tmp_path / "opened").exists()


def test_a_page_nobody_named_is_private() -> None:
    """Nobody else of the machine can look into its folder."""
    page = page_of_its_own()
    assert page.parent.stat().st_mode & 0o077 == 0
    page.parent.rmdir()
