"""GitHub Classroom's old reporter: a step's output ``result``, JSON in base64."""

import base64
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
)
from grader.report.model import Verdict

_LIMIT = 2**19
"""A step's output may take a megabyte, in UTF-16."""
_OUTPUT = 480
"""Characters of a test's output, of which 500 are taken."""


def to_github_classroom(result: Result, _setting: Setting) -> str:
    """A line for the file that ``$GITHUB_OUTPUT`` names.

    Args:
        result: What to tell.
    """
    return fitting(lambda most: _line(result, min(most, _OUTPUT)), _LIMIT)


def _line(result: Result, most: int) -> str:
    content: dict[str, Any] = {"version": 3}
    if isinstance(result, Ungraded):
        told = short(heading(result), most)
        failed = {"name": "The notebook", "status": "error", "message": told, "score": 0}
        content |= {"status": "error", "max_score": result.total, "tests": [failed]}
    else:
        content |= {
            "status": "pass" if result.full_marks else "fail",
            "max_score": result.total,
            "tests": [_test(verdict, function, most) for function, verdict in entries(result)],
        }
    return f"result={base64.b64encode(json.dumps(content).encode()).decode()}\n"


def _test(verdict: Verdict, function: str, most: int) -> dict[str, Any]:
    told = "" if is_hidden(verdict) else short(said(verdict), most)
    status = {"passed": "pass", "errored": "error", "blocked": "error"}.get(verdict.outcome, "fail")
    return {
        "name": f"{function}: {verdict.title}",
        "status": status,
        "message": told,
        "test_code": verdict.id,
        "task_id": 0,
        "filename": "",
        "line_no": 0,
        "duration": round(verdict.seconds, 3),
        "score": verdict.points,
        "output": told,
    }
