"""Platforms that take scores and plain text, but no list of tests.

Autolab reads JSON from standard output's last line, Vocareum a line per grading criterion; Codio
and Coursera take one number and one text.
"""

import json
from collections.abc import Iterator

from grader.integrations.results.base import (
    Result,
    Ungraded,
    WriteContext,
    fit_to_limit,
    is_hidden,
    score_fraction,
    summary_text,
    truncate,
    verdict_text,
    verdicts_by_function,
)
from grader.report.model import Report, Verdict

_CODIO_MAX_BYTES = 2**20
_COURSERA_MAX_BYTES = 2**16


def to_autolab(result: Result, _context: WriteContext) -> str:
    """Write two lines: what is shown of each criterion, and the points per problem.

    The problems in Autolab must be named like the lab's functions.
    """
    scores: dict[str, float] = {}
    stages: dict[str, dict[str, dict[str, bool]]] = {}
    if not isinstance(result, Ungraded):
        for function, verdicts in verdicts_by_function(result):
            scores[function] = round(sum(verdict.points for verdict in verdicts), 4)
            stages[function] = {v.title: {"passed": v.outcome == "passed"} for v in verdicts}
    presentation = {"_presentation": "semantic", "stages": [*stages], **stages}
    return f"{json.dumps(presentation)}\n{json.dumps({'scores': scores})}\n"


def to_vocareum(result: Result, _context: WriteContext) -> str:
    """Write lines for the file that ``$vocareumGradeFile`` names.

    The assignment's grading criteria must be named like the lab's functions.
    """
    if isinstance(result, Ungraded):
        return ""
    lines = [
        f"{function.replace(',', ' ')},{round(sum(v.points for v in verdicts), 4):g}\n"
        for function, verdicts in verdicts_by_function(result)
    ]
    return "".join(lines)


def to_codio(result: Result, _context: WriteContext) -> str:
    """Write the JSON body to post to ``$CODIO_PARTIAL_POINTS_V2_URL``: a score out of 100."""
    score = 0.0 if isinstance(result, Ungraded) else round(100 * score_fraction(result), 2)

    def body(max_chars: int) -> str:
        content = {"score": score, "feedback": _to_text(result, max_chars), "format": "txt"}
        return json.dumps(content) + "\n"

    return fit_to_limit(body, _CODIO_MAX_BYTES)


def to_coursera(result: Result, _context: WriteContext) -> str:
    """Write Coursera's ``feedback.json``, which must have exactly these two keys."""
    fraction = 0.0 if isinstance(result, Ungraded) else score_fraction(result)

    def file(max_chars: int) -> str:
        content = {"fractionalScore": fraction, "feedback": _to_text(result, max_chars)}
        return json.dumps(content) + "\n"

    return fit_to_limit(file, _COURSERA_MAX_BYTES)


def _to_text(result: Result, max_chars: int) -> str:
    """Format points and feedback as plain text, one paragraph per function.

    Args:
        result: The report, or the reason why there is none.
        max_chars: Maximum length of each text within it.
    """
    summary = truncate(summary_text(result), max_chars)
    if isinstance(result, Ungraded):
        return summary
    return "\n".join([summary, *_function_lines(result, max_chars)])


def _function_lines(report: Report, max_chars: int) -> Iterator[str]:
    for function, verdicts in verdicts_by_function(report):
        yield f"\n{function}"
        yield from (_verdict_lines(verdict, max_chars) for verdict in verdicts)


def _verdict_lines(verdict: Verdict, max_chars: int) -> str:
    bonus = " bonus" if verdict.bonus else ""
    points = f"[{verdict.points:g}/{verdict.max_points:g}{bonus}] {verdict.title}"
    text = "" if is_hidden(verdict) or verdict.outcome == "passed" else verdict_text(verdict)
    return "\n    ".join([points, *truncate(text, max_chars).splitlines()]) if text else points
