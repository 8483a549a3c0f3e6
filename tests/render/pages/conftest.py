"""Fixtures for pages in a browser, opened from disk, without network and with a silent console."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

# No deadline, since a busy machine is no bug, and no database, to leave the checkout unchanged.
settings.register_profile("grader", deadline=None, database=None)
settings.load_profile("grader")

_TIMEOUT_MS = 10_000
OpenPage = Callable[..., "Page"]
"""Function that opens a file: ``open_page(path, width=390, dark=True)``."""


@pytest.fixture(scope="package")
def browser() -> Iterator["Browser"]:
    """Start headless Chromium; without it the tests are skipped, or fail on CI.

    The scope is this package, because an event loop runs in this thread until Chromium is closed.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 (may be absent)
    except ImportError:
        _skip_or_fail("playwright is not installed")
    if chromium is None:
        _skip_or_fail("there is no chromium on the path")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def open_page(browser: "Browser") -> Iterator[OpenPage]:
    """Return a function that opens files; at the end no error may have occurred.

    Requests for anything but the file and its neighbours count as errors.
    """
    contexts: list[Any] = []
    problems: list[str] = []

    def open_file(
        path: Path, *, width: int = 1280, height: int = 900, dark: bool = False
    ) -> "Page":
        scheme: Any = "dark" if dark else "light"
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        context.set_default_timeout(_TIMEOUT_MS)
        page, address = context.new_page(), path.resolve().as_uri()
        page.on("console", lambda message: problems.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("dialog", lambda dialog: _dismiss(dialog, problems))
        page.on("request", lambda request: _check_request(request.url, address, problems))
        page.goto(address)
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert problems == []


def _check_request(url: str, address: str, problems: list[str]) -> None:
    """Record a request for anything but a file beside the page or below."""
    beside = address.rpartition("/")[0] + "/"
    if not url.startswith(beside):
        problems.append(f"request: {url}")


def _dismiss(dialog: "Dialog", problems: list[str]) -> None:
    """Record a dialog: text of a student was executed."""
    problems.append(f"dialog: {dialog.message}")
    dialog.dismiss()


def _skip_or_fail(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"pages cannot be opened: {reason}")
    pytest.skip(reason)
