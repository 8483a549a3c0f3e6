"""PrairieLearn's ``results.json``: a score from 0 to 1, or a submission that is not gradable."""

import json
from typing import Any

from grader.integrations.results.base import (
    Result,
    Ungraded,
    WriteContext,
    fit_to_limit,
    named_verdicts,
    score_fraction,
    student_text,
    summary_text,
    truncate,
)
from grader.report.model import Report, Verdict

_MAX_BYTES = 2**20
"""Size limit of the host, which discards larger results."""


def to_prairielearn(result: Result, _context: WriteContext) -> str:
    """Write the file that PrairieLearn reads; an ungradable submission uses up no attempt."""
    return fit_to_limit(lambda max_chars: _file(result, max_chars), _MAX_BYTES)


def _file(result: Result, max_chars: int) -> str:
    content: dict[str, Any]
    message = truncate(summary_text(result), max_chars)
    if isinstance(result, Ungraded):
        content = {"gradable": False, "message": message}
        if not result.grader_fault:
            content["format_errors"] = [message]
    else:
        content = {
            "gradable": True,
            "score": score_fraction(result),
            "message": message,
            "tests": _tests(result, max_chars),
        }
    return json.dumps(content, indent=1) + "\n"


def _tests(report: Report, max_chars: int) -> list[dict[str, Any]]:
    return [_test(name, verdict, max_chars) for name, verdict in named_verdicts(report)]


def _test(name: str, verdict: Verdict, max_chars: int) -> dict[str, Any]:
    """Build a test, always with points: PrairieLearn shows no points if one test lacks them."""
    return {
        "name": name,
        "description": "bonus" if verdict.bonus else verdict.outcome.replace("_", " "),
        "points": verdict.points,
        "max_points": 0 if verdict.bonus else verdict.max_points,
        "message": student_text(verdict, max_chars),
    }
