"""JUnit's XML, as pytest writes it: for CI, Artemis, and whatever else reads it."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from grader.integrations.results.base import (
    Result,
    Setting,
    Ungraded,
    fitting,
    heading,
    is_hidden,
    said,
    short,
)
from grader.report.model import Report, Verdict

_LIMIT = 10 * 2**20
_ERRORS = frozenset({"errored", "blocked"})


def to_junit(result: Result, setting: Setting) -> str:
    """A test suite with a test case for each criterion.

    Args:
        result: What to tell.
        setting: How long grading took.
    """
    return fitting(lambda most: _file(result, setting, most), _LIMIT)


def _file(result: Result, setting: Setting, most: int) -> str:
    root = Element("testsuites", name="induction-lab-grader")
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
    suite.set("time", f"{setting.seconds:.3f}")
    if isinstance(result, Ungraded):
        case = SubElement(suite, "testcase", classname="notebook", name="notebook", time="0")
        SubElement(case, "error", message=short(heading(result), most))
    for verdict in verdicts:
        _case(suite, verdict, most)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _case(suite: Element, verdict: Verdict, most: int) -> None:
    case = SubElement(
        suite,
        "testcase",
        classname=verdict.function or "notebook",
        name=verdict.id,
        time=f"{verdict.seconds:.3f}",
    )
    points = f"{verdict.points:g} of {verdict.max_points:g} points"
    told = "" if is_hidden(verdict) else short(said(verdict), most)
    kind = {"passed": "", "not_attempted": "skipped"}.get(
        verdict.outcome, "error" if verdict.outcome in _ERRORS else "failure"
    )
    if kind:
        SubElement(case, kind, message=f"{verdict.title}: {points}").text = told
