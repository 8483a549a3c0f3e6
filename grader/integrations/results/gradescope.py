"""Gradescope's ``results.json``: a test for each criterion."""

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
    short,
)
from grader.report.model import Report, Verdict

_LIMIT = 2**20
_TEXT = "text"
"""Nothing of a student's is markup here."""


def to_gradescope(result: Result, setting: Setting) -> str:
    """The file that Gradescope reads; without a report the score is 0 and the output says why.

    Args:
        result: What to tell.
        setting: The grader's version and how long it took.
    """
    return fitting(lambda most: _file(result, setting, most), _LIMIT)


def _file(result: Result, setting: Setting, most: int) -> str:
    content: dict[str, Any] = {
        "score": max(0.0, result.score) if isinstance(result, Report) else 0,
        "execution_time": round(setting.seconds, 3),
        "output": short(heading(result), most),
        "output_format": _TEXT,
        "test_output_format": _TEXT,
        "test_name_format": _TEXT,
        "stdout_visibility": "hidden",
        "extra_data": _extra(result, setting),
        "tests": _tests(result, most) if isinstance(result, Report) else [],
    }
    return json.dumps(content, indent=1) + "\n"


def _tests(report: Report, most: int) -> list[dict[str, Any]]:
    return [
        _test(verdict, f"{i}.{j}", function, most)
        for i, (function, verdicts) in enumerate(by_function(report), 1)
        for j, verdict in enumerate(verdicts, 1)
    ]


def _test(verdict: Verdict, number: str, function: str, most: int) -> dict[str, Any]:
    bonus = " (bonus)" if verdict.bonus else ""
    return {
        "number": number,
        "name": f"{function}: {verdict.title}{bonus}",
        "score": verdict.points,
        "max_score": verdict.max_points,
        "status": "passed" if verdict.outcome == "passed" else "failed",
        "output": short(said(verdict), most),
        "tags": [verdict.function or "notebook"],
        "visibility": "after_published" if is_hidden(verdict) else "visible",
    }


def _extra(result: Result, setting: Setting) -> dict[str, Any]:
    """Comes back with the next submission's metadata; nothing in it is secret."""
    known: dict[str, Any] = {"grader": setting.version}
    if isinstance(result, Ungraded):
        return {**known, "status": "ungradable", "ours": result.ours}
    outcomes = {
        verdict.id: verdict.outcome for verdict in result.verdicts if not is_hidden(verdict)
    }
    return {
        **known,
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
