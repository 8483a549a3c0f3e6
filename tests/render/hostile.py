"""Hostile texts, and a report that contains one in every place where a student's text may stand."""

import json
import unicodedata
from typing import Any

from grader.report.model import CellError, Report
from tests.builders import report, verdict

TEXTS = (
    "<script>alert(1)</script>",
    "</title></style><img src=x onerror=alert(1)>",
    "\"'><svg/onload=alert(1)>",
    "<!--",
    "]]></p>&lt;b&gt;&#x3c;",
    "javascript:alert(1)",
    "\x1b[2J\x1b[31mroot\x1b[0m",
    "\x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\",
    "\x9b31m\x90\x9d",
    "\rScore 100 / 100",
    "a\nScore 100 / 100\n\n",
    "a\x0b\x0c\x1c\x85\u2028\u2029b",
    "[bold red]x[/] [link=http://x]y[/link] [/]",
    "# head\n* [a](http://x) ![b](http://x) `c` |d|",
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r\n=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(1)",
    "\ufe621",
    "  =1+1",
    '"=1+1"',
    "'=1+1",
    '","=1+1","',
    '"\r\n"=1+1',
    "a;=1+1",
    "\u202egnp.exe\u202c",
    "\u2066a\u2069\u061c\u200f",
    "a\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180eb",
    "\u115f\u1160\u3164\uffa0\u2800",
    "\ufff9a\ufffab\ufffb\ufffe\uffff",
    "".join(chr(0xE0000 + ord(c)) for c in "hidden"),
    "\ufe00\U000e0100\U0001d173",
    "z" + "\u0301\u0489\u1ab0\u20dd" * 50,
    "\u0e17" + "\u0e49" * 60,
    "\ud800\udfff\udc80",
    "\x00\x08\x7f",
    "\\u202e \\n &amp;",
)
_UNSEEN = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def report_with(text: str) -> Report:
    """Return a report with this text in every place where a student's text may stand."""
    lost = verdict(outcome="failed", points=0.0, feedback=text, hints=(text, text))
    known = verdict(
        outcome="partial", points=2.5, feedback=f"Your code raised {text}: {text}.",
        misconception=text, variant=text, title=text, function=f"f {text}",
    )  # fmt: skip
    return report(
        lost,
        known,
        name=text,
        student=text,
        notes=(f"A note: {text}",),
        cell_errors=(CellError(cell=0, ename=text, evalue=text),),
        environment={"model": text, "device": text, "torch": text, text: text},
    )


def joined(value: Any) -> Any:
    """Return a value after a JSON round trip, which joins surrogate pairs."""
    return json.loads(json.dumps(value))


def obeyed(shown: str) -> list[str]:
    """Return the control and invisible characters in a text, except newlines."""
    kinds = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return [c for c in shown if c != "\n" and (unicodedata.category(c) in kinds or c in _UNSEEN)]


def tallest(shown: str) -> int:
    """Return the largest number of accents stacked on one letter."""
    height = most = 0
    for character in shown:
        height = height + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        most = max(most, height)
    return most
