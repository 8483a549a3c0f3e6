"""A result as plain text, for platforms that show one text for all of it."""

from collections.abc import Iterator

from grader.platforms.fitting import short
from grader.platforms.result import Result, Ungraded, by_function, heading, is_hidden, said
from grader.report import Report, Verdict


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
