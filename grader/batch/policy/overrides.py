"""Manual grades: reads ``overrides.yaml`` and applies it to reports.

Overrides are applied anew to whatever report grading or regrading gives. Mistakes in the file are
checked against the rubric and reported all at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import StringConstraints, TypeAdapter, ValidationError

from grader.errors import RubricError
from grader.files.escape import printable
from grader.files.student_keys import StudentKey, normalize_key
from grader.files.yaml_document import Problem, YamlDocument, parse_yaml, problems_from, read_text
from grader.report.model import Outcome, Report, Verdict
from grader.rubric.model import Rubric
from grader.rubric.sections import Criterion, Part, Points

_KIND = "list of overrides"
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Points that an instructor gives in place of the machine's."""

    student: str
    criterion: Criterion
    points: float
    reason: str
    line: int
    """Line number in its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """All overrides of a batch."""

    name: str = "overrides.yaml"
    """The file's path, for messages."""
    entries: tuple[Override, ...] = ()
    warnings: tuple[str, ...] = ()
    """Warnings about entries that cannot have an effect, one per line."""

    def of(self, student: str) -> tuple[Override, ...]:
        """Return the overrides of one student, in the order of the file."""
        key = normalize_key(student)
        return tuple(o for o in self.entries if normalize_key(o.student) == key)

    def unused(self, reports: Mapping[str, Report | None]) -> tuple[str, ...]:
        """Return a warning for every override that has no effect on the reports, by student."""
        known = {normalize_key(student): report for student, report in reports.items()}
        lines = []
        for override in self.entries:
            student = normalize_key(override.student)
            at = f"{self.name}:{override.line}: {printable(override.student)}"
            if student not in known:
                lines.append(f"{at} has no submission.")
            elif not _applies_to(override, known[student]):
                lines.append(f"{at} has no verdict on {override.criterion.id} to change.")
        return (*self.warnings, *lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverriddenVerdict(Verdict):
    """A verdict that an instructor set."""

    machine: Verdict
    """The machine's verdict."""
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as in the report's JSON, with the machine's verdict."""
        override = {"reason": self.reason, "machine": self.machine.to_dict()}
        return {**Verdict.to_dict(self), "override": override}


def apply_overrides(report: Report, overrides: Iterable[Override]) -> Report:
    """Return a student's report with the points that the instructor set.

    Applying the same overrides again changes nothing. An ungradable report gets the criteria that
    were graded by hand, and has a score from then on.

    Args:
        report: The report, by the rubric that the overrides were read for.
        overrides: This student's overrides.
    """
    by_criterion = {override.criterion.id: override for override in overrides}
    if not by_criterion:
        return report
    verdicts = report.verdicts
    if report.status == "ungradable":
        known = {verdict.id for verdict in verdicts}
        missing = (o.criterion for o in by_criterion.values() if o.criterion.id not in known)
        verdicts += tuple(_blocked_verdict(criterion) for criterion in missing)
    changed = tuple(
        _overridden(v, by_criterion[v.id]) if v.id in by_criterion else v for v in verdicts
    )
    status = "partial" if report.status == "ungradable" else report.status
    return replace(report, verdicts=changed, status=status)


def _applies_to(override: Override, report: Report | None) -> bool:
    if report is None:
        return False
    known = {verdict.id for verdict in report.verdicts}
    return report.status == "ungradable" or override.criterion.id in known


def _overridden(verdict: Verdict, override: Override) -> OverriddenVerdict:
    machine = verdict.machine if isinstance(verdict, OverriddenVerdict) else verdict
    outcome = _outcome(override.points, machine.max_points)
    values = {field.name: getattr(machine, field.name) for field in fields(Verdict)}
    feedback = f"{machine.feedback} Set by the instructor: {override.reason}".strip()
    values |= {"points": override.points, "outcome": outcome, "feedback": feedback}
    if outcome == "passed":
        values |= {"hints": (), "misconception": None}
    return OverriddenVerdict(**values, machine=machine, reason=override.reason)


def _outcome(points: float, maximum: float) -> Outcome:
    if points >= maximum - _ROUNDING:
        return "passed"
    return "partial" if points > 0 else "failed"


def _blocked_verdict(criterion: Criterion) -> Verdict:
    """Return the verdict of a criterion that the machine could not judge."""
    return Verdict(
        id=criterion.id,
        function=criterion.function,
        title=criterion.title,
        outcome="blocked",
        points=0.0,
        max_points=criterion.points,
        bonus=criterion.bonus,
        visibility=criterion.visibility,
    )


class OverrideEntry(Part):
    """One entry of ``overrides.yaml``."""

    student: StudentKey
    criterion: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    """The criterion's id in the rubric."""
    points: Points
    """Points in place of the machine's."""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    """The reason, which the student reads."""


_ENTRIES = TypeAdapter(tuple[OverrideEntry, ...])


def read_overrides(path: Path, rubric: Rubric) -> Overrides:
    """Read ``overrides.yaml``.

    Raises:
        RubricError: It cannot be read, or it has mistakes; every one is listed with its line.
    """
    return parse_overrides(read_text(path, kind=_KIND), rubric, name=str(path))


def parse_overrides(text: str, rubric: Rubric, *, name: str = "overrides.yaml") -> Overrides:
    """Parse and validate the text of ``overrides.yaml``.

    Criteria that the rubric does not have only give a warning: another rubric may have them.

    Raises:
        RubricError: It has mistakes; every one is listed with its line.
    """
    document = parse_yaml(text, name=name, kind=_KIND, keep_text=True)
    problems = document.repeated_keys()
    try:
        entries = _ENTRIES.validate_python(_items(document))
    except ValidationError as error:
        raise document.error(problems + problems_from(error)) from error
    problems += [*_duplicates(entries, document), *_above_maximum(entries, rubric)]
    if problems:
        raise document.error(problems)
    return _overrides(entries, rubric, document)


def _items(document: YamlDocument) -> list[object]:
    """Return the document's list; a file with comments only is an empty list."""
    if document.data is None:
        return []
    if not isinstance(document.data, list):
        kind = "a mapping" if isinstance(document.data, dict) else "text"
        raise RubricError(f"{document.name}:1: overrides are a list; this is {kind}.")
    return document.data


def _duplicates(entries: tuple[OverrideEntry, ...], document: YamlDocument) -> list[Problem]:
    first: dict[tuple[str, str], int] = {}
    problems: list[Problem] = []
    for i, entry in enumerate(entries):
        key = (normalize_key(entry.student), entry.criterion)
        if key in first:
            line = document.line((first[key],))
            text = f"{entry.student} has points for {entry.criterion} at line {line} already"
            problems.append(((i,), f"{text}: keep one of the two"))
        first.setdefault(key, i)
    return problems


def _above_maximum(entries: tuple[OverrideEntry, ...], rubric: Rubric) -> list[Problem]:
    maximum = {criterion.id: criterion.points for criterion in rubric.criteria}
    return [
        ((i, "points"), f"{e.points:g} is more than the {maximum[e.criterion]:g} of {e.criterion}")
        for i, e in enumerate(entries)
        if e.points > maximum.get(e.criterion, e.points)
    ]


def _overrides(
    entries: tuple[OverrideEntry, ...], rubric: Rubric, document: YamlDocument
) -> Overrides:
    criteria = {criterion.id: criterion for criterion in rubric.criteria}
    lines = [document.line((i,)) for i in range(len(entries))]
    numbered = list(zip(entries, lines, strict=True))
    return Overrides(
        name=document.name,
        entries=tuple(
            Override(
                student=entry.student,
                criterion=criteria[entry.criterion],
                points=entry.points,
                reason=entry.reason,
                line=line,
            )
            for entry, line in numbered
            if entry.criterion in criteria
        ),
        warnings=tuple(
            f"{document.name}:{line}: the rubric has no criterion {printable(entry.criterion)}."
            for entry, line in numbered
            if entry.criterion not in criteria
        ),
    )
