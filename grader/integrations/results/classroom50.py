"""Classroom 50's ``result.json``: whole points, the exact ones in a key of their own."""

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
    short,
    whole,
)
from grader.report.model import Report, Verdict

_LIMIT = 10 * 2**20
_TIME = "%Y-%m-%dT%H:%M:%SZ"


def to_classroom50(result: Result, setting: Setting) -> str:
    """The file that Classroom 50 reads; its runner stamps who handed it in.

    Args:
        result: What to tell.
        setting: The runner's environment and the time.
    """
    return fitting(lambda most: _file(result, setting, most), _LIMIT)


def _file(result: Result, setting: Setting, most: int) -> str:
    names = setting.names
    score = 0.0 if isinstance(result, Ungraded) else max(0.0, result.score)
    content: dict[str, Any] = {
        "schema": "classroom50/result/v1",
        "classroom": names.get("CLASSROOM", ""),
        "assignment": names.get("ASSIGNMENT", ""),
        "assignment_type": names.get("ASSIGNMENT_TYPE", ""),
        "owner": names.get("OWNER", names.get("USERNAME", "")),
        "submission": names.get("SUBMISSION_TAG", ""),
        "commit": names.get("COMMIT_URL", ""),
        "release": names.get("RELEASE_URL", ""),
        "review": names.get("REVIEW_URL") or names.get("COMMIT_URL", ""),
        "datetime": setting.when.strftime(_TIME),
        "score": whole(score),
        "max-score": whole(result.total),
        "exact-score": score,
        "message": short(heading(result), most),
        "tests": _tests(result, most) if isinstance(result, Report) else [],
    }
    return json.dumps(content, indent=1) + "\n"


def _tests(report: Report, most: int) -> list[dict[str, Any]]:
    return [_test(verdict, function, most) for function, verdict in entries(report)]


def _test(verdict: Verdict, function: str, most: int) -> dict[str, Any]:
    return {
        "test-name": f"{function}: {verdict.title}",
        "passed": verdict.outcome == "passed",
        "score": whole(verdict.points),
        "max-score": whole(verdict.max_points),
        "exact-score": verdict.points,
        "message": "" if is_hidden(verdict) else short(said(verdict), most),
    }
