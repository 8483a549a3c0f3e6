"""GitHub Classroom's classic reporter: a step output named ``result``, JSON in base64."""

import base64
import json
from typing import Any

from grader.integrations.results.base import (
    Result,
    Ungraded,
    WriteContext,
    fit_to_limit,
    named_verdicts,
    student_text,
    summary_text,
    truncate,
)
from grader.report.model import Verdict

_MAX_BYTES = 2**19
"""Half of a step output's limit of 1 MB, which GitHub counts in UTF-16."""
_MAX_TEST_CHARS = 480
"""Characters of a test's output; the reporter cuts it at 500."""


def to_github_classroom(result: Result, _context: WriteContext) -> str:
    """Write a line for the file that ``$GITHUB_OUTPUT`` names."""
    return fit_to_limit(
        lambda max_chars: _line(result, min(max_chars, _MAX_TEST_CHARS)), _MAX_BYTES
    )


def _line(result: Result, max_chars: int) -> str:
    content: dict[str, Any] = {"version": 3}
    if isinstance(result, Ungraded):
        message = truncate(summary_text(result), max_chars)
        failed = {"name": "The notebook", "status": "error", "message": message, "score": 0}
        content |= {"status": "error", "max_score": result.total, "tests": [failed]}
    else:
        content |= {
            "status": "pass" if result.full_marks else "fail",
            "max_score": result.total,
            "tests": [_test(name, verdict, max_chars) for name, verdict in named_verdicts(result)],
        }
    return f"result={base64.b64encode(json.dumps(content).encode()).decode()}\n"


def _test(name: str, verdict: Verdict, max_chars: int) -> dict[str, Any]:
    message = student_text(verdict, max_chars)
    status = {"passed": "pass", "errored": "error", "blocked": "error"}.get(verdict.outcome, "fail")
    return {
        "name": name,
        "status": status,
        "message": message,
        "test_code": verdict.id,
        "task_id": 0,
        "filename": "",
        "line_no": 0,
        "duration": round(verdict.seconds, 3),
        "score": verdict.points,
        "output": message,
    }
