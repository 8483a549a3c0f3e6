"""Which submission is whose row: by a key, else by a name; where two fit, nobody guesses."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from grader.files.untrusted import shown
from grader.integrations.gradebooks.csv_file import RosterError, Sheet
from grader.integrations.gradebooks.grades import Grade
from grader.integrations.gradebooks.student_keys import key, words

# MERGED: What an export is asked for, and what comes of it.
_AGAIN = re.compile(r"(?P<first>.+) #[0-9]+", re.DOTALL)
_MAX_LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A row of the roster."""

    row: int
    """Its place in the sheet."""
    keys: tuple[str, ...]
    """Ids, logins, addresses: each is this student's alone."""
    name: str = ""

    @property
    def label(self) -> str:
        """The student in a message's line."""
        first = next(iter(self.keys), "")
        named = f" ({shown(self.name)})" if self.name and first else shown(self.name)
        return (shown(first) + named) or f"row {self.row + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """Submissions and rows, side by side."""

    grades: Mapping[int, Grade]
    """By the row of the sheet."""
    alone: tuple[Grade, ...]
    """Submissions that are in no row."""
    doubtful: tuple[str, ...]
    """A line for each case in which it cannot be told; none of these has a number."""
    absent: tuple[Person, ...]
    """Rows without a submission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """The columns that say whose a row is."""

    keys: Sequence[int]
    names: Sequence[int] = ()
    """The column of the name; or that of the last name and that of the first."""
    clean: Mapping[int, Callable[[str], str]] = field(default_factory=dict)
    """What makes a key of a cell, by column, where that is more than leaving out spaces."""

    def key(self, sheet: Sheet, row: int, column: int) -> str:
        """A row's key in a column; may be empty."""
        return self.clean.get(column, str.strip)(sheet.cell(row, column))


def people(
    sheet: Sheet, rows: Iterable[int], by: By, *, only: str | None = None
) -> tuple[Person, ...]:
    """The students of a sheet.

    Args:
        sheet: The roster.
        rows: Which of its rows are students.
        by: Where it says who they are.
        only: The title of the one column to go by, if an instructor names one.

    Raises:
        RosterError: There is no column of that title.
    """
    if only is not None:
        by = By(keys=[_column(sheet, only)], clean=by.clean)
    return tuple(
        Person(
            row=row,
            keys=tuple(dict.fromkeys(k for c in by.keys if (k := by.key(sheet, row, c)))),
            name=", ".join(n for c in by.names if (n := sheet.cell(row, c).strip())),
        )
        for row in rows
    )


def _column(sheet: Sheet, title: str) -> int:
    titles = [key(head).casefold() for head in sheet.head]
    if titles.count(key(title).casefold()) != 1:
        listed = ", ".join(shown(head) for head in sheet.head[: 2 * _MAX_LISTED])
        raise RosterError(
            f"{sheet.name} has no one column {shown(title)} to match by: its columns are {listed}."
        )
    return titles.index(key(title).casefold())


def match(grades: Sequence[Grade], persons: Sequence[Person]) -> Matching:
    """Put submissions and rows together.

    A key counts before a name, and the same letters before the same but for upper and lower case.

    Args:
        grades: One a submission.
        persons: One a row.
    """
    found = _Index(persons)
    known = {grade.student for grade in grades}
    claims: dict[int, list[Grade]] = defaultdict(list)
    alone: list[Grade] = []
    doubtful: list[str] = []
    for grade in grades:
        fitting = found.fitting(_student(grade, known), grade.name)
        if not fitting:
            alone.append(grade)
        elif len(fitting) > 1:
            doubtful.append(f"{grade.label} fits several rows: {_listed(p.label for p in fitting)}")
        else:
            claims[fitting[0].row].append(grade)
    several = {row: group for row, group in claims.items() if len(group) > 1}
    by_row = {person.row: person for person in persons}
    for row, group in several.items():
        doubtful.append(
            f"{by_row[row].label} has several submissions: {_listed(g.label for g in group)}"
        )
    return Matching(
        grades={row: group[0] for row, group in claims.items() if len(group) == 1},
        alone=tuple(alone),
        doubtful=tuple(doubtful),
        absent=tuple(person for person in persons if person.row not in claims),
    )


class _Index:
    """Rows by all that they can be found by, the surest first."""

    def __init__(self, persons: Sequence[Person]) -> None:
        self._by_key = _by(persons, lambda person: [key(k) for k in person.keys])
        self._by_folded = _by(persons, lambda person: [key(k).casefold() for k in person.keys])
        self._by_name = _by(persons, lambda person: [words(person.name)])
        self._by_words = _by(persons, lambda person: [tuple(sorted(words(person.name)))])

    def fitting(self, student: str, name: str) -> list[Person]:
        """The rows that a submission may belong to."""
        said = {spoken for text in (name, student) if (spoken := words(text))}
        tries = (
            [self._by_key.get(key(student), {})],
            [self._by_folded.get(key(student).casefold(), {})],
            [self._by_name.get(spoken, {}) for spoken in said],
            [self._by_words.get(tuple(sorted(spoken)), {}) for spoken in said],
        )
        for groups in tries:
            if fitting := {row: p for group in groups for row, p in group.items()}:
                return [fitting[row] for row in sorted(fitting)]
        return []


def _by(
    persons: Sequence[Person], of: Callable[[Person], Sequence[object]]
) -> dict[object, dict[int, Person]]:
    index: dict[object, dict[int, Person]] = {}
    for person in persons:
        for one in of(person):
            if one:
                index.setdefault(one, {})[person.row] = person
    return index


def _student(grade: Grade, known: set[str]) -> str:
    """The key; ``12 #2`` is a second submission with the key ``12``, which batches call so."""
    again = _AGAIN.fullmatch(grade.student)
    return again["first"] if again and again["first"] in known else grade.student


def _listed(labels: Iterable[str]) -> str:
    every = list(labels)
    more = f" and {len(every) - _MAX_LISTED} more" if len(every) > _MAX_LISTED else ""
    return "; ".join(every[:_MAX_LISTED]) + more


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is written besides grades."""

    lab: str
    """The lab's short name."""
    title: str
    total: float
    """What the lab is out of."""
    assignment: str | None = None
    """The column's title or id, where one was named."""
    match: str | None = None
    """The roster's column to match by, where one was named."""
    due: datetime | None = None

    @property
    def called(self) -> str:
        """The assignment's title in the gradebook."""
        return self.title if self.assignment is None else self.assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A gradebook's file."""

    data: bytes
    students: int
    """Rows of students in it."""
    filled: int
    """Those of them that have a number of ours."""
    matching: Matching
    notes: tuple[str, ...] = ()
    """What an instructor must know before importing it, a line each."""
