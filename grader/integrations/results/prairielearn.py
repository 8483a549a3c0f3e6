"""PrairieLearn's ``results.json``: a score from 0 to 1, or that there is none."""

import json
from typing import Any

from grader.integrations.results.base import (
    Result,
    Setting,
    Ungraded,
    entries,
    fitting,
    heading,
    is_hidden,
    said,
    share,
    short,
)
from grader.report.model import Report, Verdict

_LIMIT = 2**20
"""Bytes that the host takes; more is no result at all."""


def to_prairielearn(result: Result, _setting: Setting) -> str:
    """The file that PrairieLearn reads; what cannot be graded costs no attempt.

    Args:
        result: What to tell.
    """
    return fitting(lambda most: _file(result, most), _LIMIT)


def _file(result: Result, most: int) -> str:
    content: dict[str, Any]
    if isinstance(result, Ungraded):
        told = short(heading(result), most)
        content = {"gradable": False, "message": told}
        if not result.ours:
            content["format_errors"] = [told]
    else:
        content = {
            "gradable": True,
            "score": share(result),
            "message": short(heading(result), most),
            "tests": _tests(result, most),
        }
    return json.dumps(content, indent=1) + "\n"


def _tests(report: Report, most: int) -> list[dict[str, Any]]:
    return [_test(verdict, function, most) for function, verdict in entries(report)]


def _test(verdict: Verdict, function: str, most: int) -> dict[str, Any]:
    """Points stand on every test: with one missing, the platform shows none of them."""
    return {
        "name": f"{function}: {verdict.title}",
        "description": "bonus" if verdict.bonus else verdict.outcome.replace("_", " "),
        "points": verdict.points,
        "max_points": 0 if verdict.bonus else verdict.max_points,
        "message": "" if is_hidden(verdict) else short(said(verdict), most),
    }
