"""Autolab: standard output's last line is JSON with a score for each of the site's problems."""

import json
from collections.abc import Iterator

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

# MERGED: Vocareum's grade file: a line for each of the assignment's criteria.
# MERGED: A result as plain text, for platforms that show one text for all of it.
# MERGED: Codio's partial points: a score out of 100, a text and its format.
# MERGED: Coursera's ``feedback.json``: one number from 0 to 1 and one text.
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


def to_vocareum(result: Result, _setting: Setting) -> str:
    """Lines for the file that ``$vocareumGradeFile`` names.

    Args:
        result: What to tell. The assignment's criteria are named as the lab's functions are.
    """
    if isinstance(result, Ungraded):
        return ""
    lines = [
        f"{function.replace(',', ' ')},{round(sum(v.points for v in verdicts), 4):g}\n"
        for function, verdicts in by_function(result)
    ]
    return "".join(lines)


def listing(result: Result, most: int) -> str:
    """Points and feedback, a paragraph a function.

    Args:
        result: What to tell.
        most: Characters of each text in it.
    """
    if isinstance(result, Ungraded):
        return short(heading(result), most)
    return "\n".join([short(heading(result), most), *_functions(result, most)])


def _functions(report: Report, most: int) -> Iterator[str]:
    for function, verdicts in by_function(report):
        yield f"\n{function}"
        yield from (_line(verdict, most) for verdict in verdicts)


def _line(verdict: Verdict, most: int) -> str:
    bonus = " bonus" if verdict.bonus else ""
    points = f"[{verdict.points:g}/{verdict.max_points:g}{bonus}] {verdict.title}"
    told = "" if is_hidden(verdict) or verdict.outcome == "passed" else said(verdict)
    return "\n    ".join([points, *short(told, most).splitlines()]) if told else points


_CODIO_LIMIT = 2**20


def to_codio(result: Result, _setting: Setting) -> str:
    """The body that is posted to ``$CODIO_PARTIAL_POINTS_V2_URL``, as JSON.

    Args:
        result: What to tell.
    """
    score = 0.0 if isinstance(result, Ungraded) else round(100 * share(result), 2)

    def body(most: int) -> str:
        content = {"score": score, "feedback": listing(result, most), "format": "txt"}
        return json.dumps(content) + "\n"

    return fitting(body, _CODIO_LIMIT)


_COURSERA_LIMIT = 2**16


def to_coursera(result: Result, _setting: Setting) -> str:
    """The file that Coursera reads; both of its keys and no other.

    Args:
        result: What to tell.
    """
    fraction = 0.0 if isinstance(result, Ungraded) else share(result)

    def file(most: int) -> str:
        return json.dumps({"fractionalScore": fraction, "feedback": listing(result, most)}) + "\n"

    return fitting(file, _COURSERA_LIMIT)
