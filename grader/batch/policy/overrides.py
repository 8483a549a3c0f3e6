"""What an instructor sets by hand, put over whatever report grading or regrading gives. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import StringConstraints, TypeAdapter, ValidationError

from grader.batch.policy.student_keys import StudentKey, as_compared
from grader.errors import RubricError
from grader.files.untrusted import shown
from grader.files.yaml_document import Document, Problem, invalid, parse, read_text
from grader.report.model import Outcome, Report, Verdict
from grader.rubric.model import Criterion, Part, Points, Rubric

# MERGED: Reading ``overrides.yaml``: every mistake at once, against the rubric that it is about.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """The points that a person gives in place of the machine's."""

    student: str
    criterion: Criterion
    points: float
    reason: str
    line: int
    """Where it stands in its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """All of a batch."""

    name: str = "overrides.yaml"
    """The file's, for messages."""
    given: tuple[Override, ...] = ()
    warnings: tuple[str, ...] = ()
    """What in the file cannot have an effect, a line each."""

    def of(self, student: str) -> tuple[Override, ...]:
        """Those of one student, in the order of the file."""
        wanted = as_compared(student)
        return tuple(o for o in self.given if as_compared(o.student) == wanted)

    def unused(self, reports: Mapping[str, Report | None]) -> tuple[str, ...]:
        """A line for every override that changes nothing, given the reports by student."""
        known = {as_compared(student): report for student, report in reports.items()}
        lines = []
        for override in self.given:
            student = as_compared(override.student)
            at = f"{self.name}:{override.line}: {shown(override.student)}"
            if student not in known:
                lines.append(f"{at} has no submission.")
            elif not _reaches(override, known[student]):
                lines.append(f"{at} has no verdict on {override.criterion.id} to change.")
        return (*self.warnings, *lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVerdict(Verdict):
    """A criterion's outcome as an instructor set it."""

    machine: Verdict
    """What the machine had found."""
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """As in the report's JSON, with what it stands in place of."""
        override = {"reason": self.reason, "machine": self.machine.to_dict()}
        return {**Verdict.to_dict(self), "override": override}


def apply(report: Report, overrides: Iterable[Override]) -> Report:
    """A student's report with the points that an instructor set.

    Applying the same again changes nothing. A report on what could not be graded gets the
    criteria that were judged by hand, and counts from then on.

    Args:
        report: As grading or regrading gave it, by the rubric the overrides were read for.
        overrides: Those of this student.
    """
    chosen = {override.criterion.id: override for override in overrides}
    if not chosen:
        return report
    verdicts = report.verdicts
    if report.status == "ungradable":
        known = {verdict.id for verdict in verdicts}
        verdicts += tuple(
            _blank(o.criterion) for o in chosen.values() if o.criterion.id not in known
        )
    changed = tuple(_set(v, chosen[v.id]) if v.id in chosen else v for v in verdicts)
    status = "partial" if report.status == "ungradable" else report.status
    return replace(report, verdicts=changed, status=status)


def _reaches(override: Override, report: Report | None) -> bool:
    if report is None:
        return False
    known = {verdict.id for verdict in report.verdicts}
    return report.status == "ungradable" or override.criterion.id in known


def _set(verdict: Verdict, override: Override) -> SetVerdict:
    machine = verdict.machine if isinstance(verdict, SetVerdict) else verdict
    outcome = _outcome(override.points, machine.max_points)
    kept = {field.name: getattr(machine, field.name) for field in fields(Verdict)}
    said = f"{machine.feedback} Set by the instructor: {override.reason}".strip()
    kept |= {"points": override.points, "outcome": outcome, "feedback": said}
    if outcome == "passed":
        kept |= {"hints": (), "misconception": None}
    return SetVerdict(**kept, machine=machine, reason=override.reason)


def _outcome(points: float, maximum: float) -> Outcome:
    if points >= maximum - _ROUNDING:
        return "passed"
    return "partial" if points > 0 else "failed"


def _blank(criterion: Criterion) -> Verdict:
    """A criterion that the machine could not judge."""
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


_KIND = "list of overrides"


class Ruling(Part):
    """One item of the file."""

    student: StudentKey
    criterion: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    """Its id in the rubric."""
    points: Points
    """In place of the machine's."""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    """Said to the student."""


_RULINGS = TypeAdapter(tuple[Ruling, ...])


def read_overrides(path: Path, rubric: Rubric) -> Overrides:
    """Read the file.

    Raises:
        RubricError: It cannot be read, or it has mistakes; every one is listed with its line.
    """
    return parse_overrides(read_text(path, kind=_KIND), rubric, name=str(path))


def parse_overrides(text: str, rubric: Rubric, *, name: str = "overrides.yaml") -> Overrides:
    """Parse and validate the file's text.

    Criteria that the rubric does not have are warned of and left out: another rubric may have
    them.

    Raises:
        RubricError: Every mistake with its line, one a line.
    """
    document = parse(text, name=name, kind=_KIND, as_written=True)
    problems = document.repeated_keys()
    try:
        rulings = _RULINGS.validate_python(_items(document))
    except ValidationError as error:
        raise document.error(problems + invalid(error)) from error
    problems += [*_repeated(rulings, document), *_beyond(rulings, rubric)]
    if problems:
        raise document.error(problems)
    return _overrides(rulings, rubric, document)


def _items(document: Document) -> list[object]:
    """The list; a file in which all is commented out has nothing in it."""
    if document.data is None:
        return []
    if not isinstance(document.data, list):
        found = "a mapping" if isinstance(document.data, dict) else "text"
        raise RubricError(f"{document.name}:1: overrides are a list; this is {found}.")
    return document.data


def _repeated(rulings: tuple[Ruling, ...], document: Document) -> list[Problem]:
    first: dict[tuple[str, str], int] = {}
    found: list[Problem] = []
    for i, ruling in enumerate(rulings):
        about = (as_compared(ruling.student), ruling.criterion)
        if about in first:
            line = document.line((first[about],))
            what = f"{ruling.student} has points for {ruling.criterion} at line {line} already"
            found.append(((i,), f"{what}: keep one of the two"))
        first.setdefault(about, i)
    return found


def _beyond(rulings: tuple[Ruling, ...], rubric: Rubric) -> list[Problem]:
    most = {criterion.id: criterion.points for criterion in rubric.criteria}
    return [
        ((i, "points"), f"{r.points:g} is more than the {most[r.criterion]:g} of {r.criterion}")
        for i, r in enumerate(rulings)
        if r.points > most.get(r.criterion, r.points)
    ]


def _overrides(rulings: tuple[Ruling, ...], rubric: Rubric, document: Document) -> Overrides:
    criteria = {criterion.id: criterion for criterion in rubric.criteria}
    lines = [document.line((i,)) for i in range(len(rulings))]
    placed = list(zip(rulings, lines, strict=True))
    return Overrides(
        name=document.name,
        given=tuple(
            Override(
                student=ruling.student,
                criterion=criteria[ruling.criterion],
                points=ruling.points,
                reason=ruling.reason,
                line=line,
            )
            for ruling, line in placed
            if ruling.criterion in criteria
        ),
        warnings=tuple(
            f"{document.name}:{line}: the rubric has no criterion {shown(ruling.criterion)}."
            for ruling, line in placed
            if ruling.criterion not in criteria
        ),
    )
