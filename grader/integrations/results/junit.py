"""JUnit XML in the style of pytest, for CI systems, Artemis and other readers."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from grader.integrations.results.base import (
    Result,
    Ungraded,
    WriteContext,
    fit_to_limit,
    student_text,
    summary_text,
    truncate,
)
from grader.protocol.installation import DISTRIBUTION
from grader.report.model import Report, Verdict

_MAX_BYTES = 10 * 2**20
_ERRORS = frozenset({"errored", "blocked"})


def to_junit(result: Result, context: WriteContext) -> str:
    """Write a test suite with one test case per criterion."""
    return fit_to_limit(lambda max_chars: _file(result, context, max_chars), _MAX_BYTES)


def _file(result: Result, context: WriteContext, max_chars: int) -> str:
    root = Element("testsuites", name=DISTRIBUTION)
    verdicts = result.verdicts if isinstance(result, Report) else ()
    outcomes = [verdict.outcome for verdict in verdicts]
    counts = {
        "tests": len(outcomes) or 1,
        "errors": sum(outcome in _ERRORS for outcome in outcomes) if verdicts else 1,
        "failures": sum(outcome in {"failed", "partial"} for outcome in outcomes),
        "skipped": sum(outcome == "not_attempted" for outcome in outcomes),
    }
    suite = SubElement(root, "testsuite", name=result.lab if isinstance(result, Report) else "lab")
    suite.attrib.update({name: str(count) for name, count in counts.items()})
    suite.set("time", f"{context.seconds:.3f}")
    if isinstance(result, Ungraded):
        case = SubElement(suite, "testcase", classname="notebook", name="notebook", time="0")
        SubElement(case, "error", message=truncate(summary_text(result), max_chars))
    for verdict in verdicts:
        _add_case(suite, verdict, max_chars)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _add_case(suite: Element, verdict: Verdict, max_chars: int) -> None:
    case = SubElement(
        suite,
        "testcase",
        classname=verdict.function or "notebook",
        name=verdict.id,
        time=f"{verdict.seconds:.3f}",
    )
    points = f"{verdict.points:g} of {verdict.max_points:g} points"
    tag = {"passed": "", "not_attempted": "skipped"}.get(
        verdict.outcome, "error" if verdict.outcome in _ERRORS else "failure"
    )
    if tag:
        problem = SubElement(case, tag, message=f"{verdict.title}: {points}")
        problem.text = student_text(verdict, max_chars)
