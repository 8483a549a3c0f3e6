"""One sign for each outcome, the same in a terminal and on pages."""

from collections.abc import Mapping

from grader.report import Outcome

MARKS: Mapping[Outcome, str] = {
    "passed": "✓",
    "partial": "◐",
    "failed": "✗",
    "errored": "!",
    "blocked": "…",
    "not_attempted": "·",
}
