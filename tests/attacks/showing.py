"""What a report shows, in every format, and what must never be in it."""

import io
import json
import unicodedata
from collections.abc import Iterable
from html.parser import HTMLParser
from importlib import resources

from rich.console import Console

from grader.render.html import to_html
from grader.render.json import to_json
from grader.render.terminal import render
from grader.report.model import Report

_ACTIVE = {"script", "img", "svg", "iframe", "base", "object", "embed", "link", "form", "video"}
_OURS = resources.files("grader.render.templates").joinpath("report.js").read_text(encoding="utf-8")
_OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def shown(report: Report) -> dict[str, str]:
    """A report in every format."""
    console = Console(file=io.StringIO(), width=110, color_system=None, legacy_windows=False)
    console.print(render(report, hints=3))
    text = console.file.getvalue() if isinstance(console.file, io.StringIO) else ""
    return {"json": to_json(report), "html": to_html(report), "terminal": text}


def faults(report: Report, canaries: Iterable[str]) -> list[str]:
    """What is shown and should not be: secrets, active markup, control characters, forged lines."""
    texts = shown(report)
    found = [f"{name}: a canary" for name, t in texts.items() if any(c in t for c in canaries)]
    for name, text in texts.items():
        codes = sorted(ord(c) for c in set(text) - {*"\n\t"} if unicodedata.category(c) in _OBEYED)
        found += [f"{name}: U+{code:04X}" for code in codes]
    json.loads(texts["json"])
    found += _active(texts["html"])
    lines = [line.strip() for line in texts["terminal"].splitlines()]
    if sum(line.startswith("Score ") for line in lines) != 1:
        found.append("terminal: not one line with the score")
    return found


def _active(page: str) -> list[str]:
    """Elements and attributes of a page that a browser would act on; the page's own script apart.

    Its policy lets that one run and no other, by its digest.
    """
    parser = _Tags()
    parser.feed(page.replace(f"<script>{_OURS}</script>", "", 1))
    return sorted(parser.found)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ACTIVE:
            self.found.add(f"html: <{tag}>")
        for name, value in attrs:
            acts = "javascript:" in (value or "").lower() or value == "refresh"
            if name.startswith("on") or acts:
                self.found.add(f"html: {tag} {name}={value}")
