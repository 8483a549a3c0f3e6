"""Reading ``overrides.yaml``: every mistake at once, against the rubric that it is about."""

from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints, TypeAdapter, ValidationError

from grader.batch.overrides import Override, Overrides
from grader.batch.students import StudentKey, as_compared
from grader.document import Document, Problem, invalid, parse, read_text
from grader.errors import RubricError
from grader.reading import shown
from grader.rubric import Part, Points, Rubric

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
