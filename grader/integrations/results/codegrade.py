"""CodeGrade's AutoTest v2: JSON lines on file descriptor 3."""

import json
from typing import Any

from grader.integrations.results.base import (
    Result,
    Setting,
    Ungraded,
    by_function,
    fitting,
    heading,
    is_hidden,
    said,
    share,
    short,
)
from grader.report.model import Report, Verdict

_LIMIT = 250_000
"""Bytes of a message; one that is longer is dropped without a word."""
_STATUS = {"passed": "success", "not_attempted": "skipped"}


def to_codegrade(result: Result, _setting: Setting) -> str:
    """Two lines: the points as a share of all, and the tests.

    Args:
        result: What to tell.
    """
    points = 0.0 if isinstance(result, Ungraded) else share(result)
    first = json.dumps({"tag": "points", "points": points})
    tests = fitting(lambda most: json.dumps(_tests(result, most)), _LIMIT)
    return f"{first}\n{tests}\n"


def _tests(result: Result, most: int) -> dict[str, Any]:
    if isinstance(result, Ungraded):
        told = short(heading(result), most)
        case = {"name": "The notebook", "status": "failure", "reason": told}
        return {
            "tag": "unit-test",
            "results": [{"id": "notebook", "name": "The notebook", "testCases": [case]}],
        }
    return {"tag": "unit-test", "results": _suites(result, most)}


def _suites(report: Report, most: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"suite-{i}",
            "name": function,
            "weight": sum(verdict.max_points for verdict in verdicts),
            "testCases": [_case(verdict, most) for verdict in verdicts],
        }
        for i, (function, verdicts) in enumerate(by_function(report), 1)
    ]


def _case(verdict: Verdict, most: int) -> dict[str, Any]:
    case = {
        "name": verdict.title,
        "status": _STATUS.get(verdict.outcome, "failure"),
        "weight": verdict.max_points,
        "description": f"{verdict.points:g} of {verdict.max_points:g} points",
    }
    told = "" if is_hidden(verdict) else short(said(verdict), most)
    return case | ({"reason": told} if told else {})
