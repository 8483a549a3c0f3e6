"""Pages in a browser: opened from disk, without a network, and without a word on the console."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

# No deadline: a busy machine is no bug. No database: a checkout stays as it was.
settings.register_profile("grader", deadline=None, database=None)
settings.load_profile("grader")

_PATIENCE = 10_000
"""Milliseconds."""
OpenPage = Callable[..., "Page"]
"""Opens a file: ``open_page(path, width=390, dark=True)``."""


@pytest.fixture(scope="package")
def browser() -> Iterator["Browser"]:
    """Headless Chromium; a test that has none is skipped, but never where everything must run.

    Not for longer than this folder's tests: an event loop runs in this thread until it is closed.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 (may be absent)
    except ImportError:
        _without("playwright is not installed")
    if chromium is None:
        _without("there is no chromium on the path")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def open_page(browser: "Browser") -> Iterator[OpenPage]:
    """Opens files; at the end nothing may have been asked for but these, nor gone wrong."""
    contexts: list[Any] = []
    troubles: list[str] = []

    def opened(path: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> "Page":
        scheme: Any = "dark" if dark else "light"
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        context.set_default_timeout(_PATIENCE)
        page, address = context.new_page(), path.resolve().as_uri()
        page.on("console", lambda said: troubles.append(f"console: {said.text}"))
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on("dialog", lambda dialog: _dismissed(dialog, troubles))
        page.on("request", lambda asked: _only(asked.url, address, troubles))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def _only(url: str, address: str, troubles: list[str]) -> None:
    """Note a request for anything but a file that lies beside the page or below."""
    beside = address.rpartition("/")[0] + "/"
    if not url.startswith(beside):
        troubles.append(f"request: {url}")


def _dismissed(dialog: "Dialog", troubles: list[str]) -> None:
    """Something ran that was to be text."""
    troubles.append(f"dialog: {dialog.message}")
    dialog.dismiss()


def _without(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"pages cannot be opened: {reason}")
    pytest.skip(reason)
