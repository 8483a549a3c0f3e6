"""CodeGrade's AutoTest v2: JSON lines on file descriptor 3."""

import json
from typing import Any

from grader.integrations.results.base import (
    Result,
    Ungraded,
    WriteContext,
    fit_to_limit,
    score_fraction,
    student_text,
    summary_text,
    truncate,
    verdicts_by_function,
)
from grader.report.model import Report, Verdict

_MAX_BYTES = 250_000
"""Size limit of a message; CodeGrade silently drops longer ones."""
_STATUS = {"passed": "success", "not_attempted": "skipped"}


def to_codegrade(result: Result, _context: WriteContext) -> str:
    """Write two lines: the score as a fraction of the total, and the tests."""
    points = 0.0 if isinstance(result, Ungraded) else score_fraction(result)
    first_line = json.dumps({"tag": "points", "points": points})
    tests = fit_to_limit(lambda max_chars: json.dumps(_tests(result, max_chars)), _MAX_BYTES)
    return f"{first_line}\n{tests}\n"


def _tests(result: Result, max_chars: int) -> dict[str, Any]:
    if isinstance(result, Ungraded):
        reason = truncate(summary_text(result), max_chars)
        case = {"name": "The notebook", "status": "failure", "reason": reason}
        return {
            "tag": "unit-test",
            "results": [{"id": "notebook", "name": "The notebook", "testCases": [case]}],
        }
    return {"tag": "unit-test", "results": _suites(result, max_chars)}


def _suites(report: Report, max_chars: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"suite-{i}",
            "name": function,
            "weight": sum(verdict.max_points for verdict in verdicts),
            "testCases": [_case(verdict, max_chars) for verdict in verdicts],
        }
        for i, (function, verdicts) in enumerate(verdicts_by_function(report), 1)
    ]


def _case(verdict: Verdict, max_chars: int) -> dict[str, Any]:
    case = {
        "name": verdict.title,
        "status": _STATUS.get(verdict.outcome, "failure"),
        "weight": verdict.max_points,
        "description": f"{verdict.points:g} of {verdict.max_points:g} points",
    }
    reason = student_text(verdict, max_chars)
    return case | ({"reason": reason} if reason else {})
