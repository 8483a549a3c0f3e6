"""Autolab: standard output's last line is JSON with a score for each of the site's problems."""

import json

from grader.platforms.result import Result, Setting, Ungraded, by_function

_PRESENTED = "Test Results"


def to_autolab(result: Result, _setting: Setting) -> str:
    """Two lines: what is shown of each criterion, and points by problem.

    Args:
        result: What to tell. Problems are named as the lab's functions are.
    """
    scores: dict[str, float] = {}
    shown: dict[str, dict[str, dict[str, bool]]] = {}
    if not isinstance(result, Ungraded):
        for function, verdicts in by_function(result):
            scores[function] = round(sum(verdict.points for verdict in verdicts), 4)
            shown[function] = {v.title: {"passed": v.outcome == "passed"} for v in verdicts}
    presented = {"_presentation": "semantic", "stages": [*shown], **shown}
    return f"{json.dumps(presented)}\n{json.dumps({'scores': scores})}\n"
