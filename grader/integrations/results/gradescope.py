"""Gradescope's ``results.json``: one test per criterion."""

import json
from typing import Any

from grader.integrations.results.base import (
    Result,
    Ungraded,
    WriteContext,
    fit_to_limit,
    is_hidden,
    summary_text,
    truncate,
    verdict_text,
    verdicts_by_function,
)
from grader.report.model import Report, Verdict

_MAX_BYTES = 2**20
_PLAIN_TEXT = "text"
"""Output format under which Gradescope does not interpret a student's text as markup."""


def to_gradescope(result: Result, context: WriteContext) -> str:
    """Write the file that Gradescope reads; without a report, a score of 0 and the reason."""
    return fit_to_limit(lambda max_chars: _file(result, context, max_chars), _MAX_BYTES)


def _file(result: Result, context: WriteContext, max_chars: int) -> str:
    content: dict[str, Any] = {
        "score": max(0.0, result.score) if isinstance(result, Report) else 0,
        "execution_time": round(context.seconds, 3),
        "output": truncate(summary_text(result), max_chars),
        "output_format": _PLAIN_TEXT,
        "test_output_format": _PLAIN_TEXT,
        "test_name_format": _PLAIN_TEXT,
        "stdout_visibility": "hidden",
        "extra_data": _extra_data(result, context),
        "tests": _tests(result, max_chars) if isinstance(result, Report) else [],
    }
    return json.dumps(content, indent=1) + "\n"


def _tests(report: Report, max_chars: int) -> list[dict[str, Any]]:
    return [
        _test(verdict, f"{i}.{j}", function, max_chars)
        for i, (function, verdicts) in enumerate(verdicts_by_function(report), 1)
        for j, verdict in enumerate(verdicts, 1)
    ]


def _test(verdict: Verdict, number: str, function: str, max_chars: int) -> dict[str, Any]:
    """Build a test; Gradescope itself withholds hidden ones until grades are published."""
    bonus = " (bonus)" if verdict.bonus else ""
    return {
        "number": number,
        "name": f"{function}: {verdict.title}{bonus}",
        "score": verdict.points,
        "max_score": verdict.max_points,
        "status": "passed" if verdict.outcome == "passed" else "failed",
        "output": truncate(verdict_text(verdict), max_chars),
        "tags": [verdict.function or "notebook"],
        "visibility": "after_published" if is_hidden(verdict) else "visible",
    }


def _extra_data(result: Result, context: WriteContext) -> dict[str, Any]:
    """Build the data that Gradescope returns with the next submission; it holds no secrets."""
    extra: dict[str, Any] = {"grader": context.grader_version}
    if isinstance(result, Ungraded):
        return {**extra, "status": "ungradable", "ours": result.grader_fault}
    outcomes = {
        verdict.id: verdict.outcome for verdict in result.verdicts if not is_hidden(verdict)
    }
    return {
        **extra,
        "status": result.status,
        "hidden_probes": bool(result.environment.get("hidden_probes")),
        "submission_sha256": result.sha256,
        "rubric": {
            "lab": result.lab,
            "version": result.rubric_version,
            "sha256": result.rubric_sha256,
        },
        "outcomes": outcomes,
    }
