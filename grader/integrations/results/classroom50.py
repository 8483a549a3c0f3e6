"""Classroom 50's ``result.json``: whole points, with the exact ones in a separate key."""

import json
from typing import Any

from grader.integrations.results.base import (
    Result,
    Ungraded,
    WriteContext,
    fit_to_limit,
    named_verdicts,
    round_points,
    student_text,
    summary_text,
    truncate,
)
from grader.report.model import Report, Verdict

_MAX_BYTES = 10 * 2**20
_TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def to_classroom50(result: Result, context: WriteContext) -> str:
    """Write the file that Classroom 50 reads; its runner adds who submitted."""
    return fit_to_limit(lambda max_chars: _file(result, context, max_chars), _MAX_BYTES)


def _file(result: Result, context: WriteContext, max_chars: int) -> str:
    environment = context.environment
    score = 0.0 if isinstance(result, Ungraded) else max(0.0, result.score)
    content: dict[str, Any] = {
        "schema": "classroom50/result/v1",
        "classroom": environment.get("CLASSROOM", ""),
        "assignment": environment.get("ASSIGNMENT", ""),
        "assignment_type": environment.get("ASSIGNMENT_TYPE", ""),
        "owner": environment.get("OWNER", environment.get("USERNAME", "")),
        "submission": environment.get("SUBMISSION_TAG", ""),
        "commit": environment.get("COMMIT_URL", ""),
        "release": environment.get("RELEASE_URL", ""),
        "review": environment.get("REVIEW_URL") or environment.get("COMMIT_URL", ""),
        "datetime": context.finished_at.strftime(_TIME_FORMAT),
        "score": round_points(score),
        "max-score": round_points(result.total),
        "exact-score": score,
        "message": truncate(summary_text(result), max_chars),
        "tests": _tests(result, max_chars) if isinstance(result, Report) else [],
    }
    return json.dumps(content, indent=1) + "\n"


def _tests(report: Report, max_chars: int) -> list[dict[str, Any]]:
    return [_test(name, verdict, max_chars) for name, verdict in named_verdicts(report)]


def _test(name: str, verdict: Verdict, max_chars: int) -> dict[str, Any]:
    return {
        "test-name": name,
        "passed": verdict.outcome == "passed",
        "score": round_points(verdict.points),
        "max-score": round_points(verdict.max_points),
        "exact-score": verdict.points,
        "message": student_text(verdict, max_chars),
    }
