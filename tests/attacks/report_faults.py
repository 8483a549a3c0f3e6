"""Finds what a report must never show, in any format: secrets, active markup, forged lines."""

import io
import json
import unicodedata
from collections.abc import Iterable
from html.parser import HTMLParser
from importlib import resources

from rich.console import Console

from grader.render.html import to_html
from grader.render.json import to_json
from grader.render.terminal import render_report
from grader.report.model import Report

_ACTIVE_TAGS = {
    "script",
    "img",
    "svg",
    "iframe",
    "base",
    "object",
    "embed",
    "link",
    "form",
    "video",
}
_OWN_SCRIPT = (
    resources.files("grader.render.templates").joinpath("report.js").read_text(encoding="utf-8")
)
_CONTROL_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def rendered(report: Report) -> dict[str, str]:
    """Return a report in every format."""
    console = Console(file=io.StringIO(), width=110, color_system=None, legacy_windows=False)
    console.print(render_report(report, hints=3))
    text = console.file.getvalue() if isinstance(console.file, io.StringIO) else ""
    return {"json": to_json(report), "html": to_html(report), "terminal": text}


def find_faults(report: Report, canaries: Iterable[str]) -> list[str]:
    """Return secrets, active markup, control characters and forged lines in a report."""
    texts = rendered(report)
    faults = [f"{name}: a canary" for name, t in texts.items() if any(c in t for c in canaries)]
    for name, text in texts.items():
        codes = sorted(
            ord(c) for c in set(text) - {*"\n\t"} if unicodedata.category(c) in _CONTROL_CATEGORIES
        )
        faults += [f"{name}: U+{code:04X}" for code in codes]
    json.loads(texts["json"])
    faults += _active(texts["html"])
    lines = [line.strip() for line in texts["terminal"].splitlines()]
    if sum(line.startswith("Score ") for line in lines) != 1:
        faults.append("terminal: not one line with the score")
    return faults


def _active(page: str) -> list[str]:
    """Return elements and attributes that a browser would act on, except the page's own script.

    The content security policy allows only that script, by its digest.
    """
    parser = _Tags()
    parser.feed(page.replace(f"<script>{_OWN_SCRIPT}</script>", "", 1))
    return sorted(parser.faults)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ACTIVE_TAGS:
            self.faults.add(f"html: <{tag}>")
        for name, value in attrs:
            acts = "javascript:" in (value or "").lower() or value == "refresh"
            if name.startswith("on") or acts:
                self.faults.add(f"html: {tag} {name}={value}")
