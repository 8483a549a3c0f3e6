"""Matches submissions with a roster's rows, by key or else by name, and never by guesswork.

A submission that fits several rows, and a row with several submissions, are reported as ambiguous.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from grader.files.escape import printable
from grader.integrations.gradebooks.csv_file import CsvFile, RosterError
from grader.integrations.gradebooks.grades import Grade
from grader.integrations.gradebooks.student_keys import name_words, normalize_cell_key

_REPEATED_KEY = re.compile(r"(?P<key>.+) #[0-9]+", re.DOTALL)
_MAX_LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """Options of an export: the assignment, and how to match rows."""

    lab: str
    """Short name of the lab."""
    title: str
    total: float
    """Maximum score of the lab."""
    assignment: str | None = None
    """Title or id of the column to fill, if the instructor named one."""
    match: str | None = None
    """Title of the roster's column to match by, if the instructor named one."""
    due: datetime | None = None

    @property
    def column_title(self) -> str:
        """Title of the assignment in the gradebook."""
        return self.title if self.assignment is None else self.assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """A student's row in the roster."""

    row: int
    """Index of the row in the file."""
    keys: tuple[str, ...]
    """Ids, logins and addresses that belong to this student alone."""
    name: str = ""

    @property
    def label(self) -> str:
        """The student's first key and name, for a message."""
        first = next(iter(self.keys), "")
        name = f" ({printable(self.name)})" if self.name and first else printable(self.name)
        return (printable(first) + name) or f"row {self.row + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchResult:
    """The result of matching submissions with rows."""

    grades: Mapping[int, Grade]
    """Grades by row index."""
    unmatched: tuple[Grade, ...]
    """Submissions that match no row."""
    ambiguous: tuple[str, ...]
    """Messages on ambiguous matches; none of these rows gets a score."""
    without_submission: tuple[RosterRow, ...]
    """Rows without a submission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportResult:
    """The file for a gradebook, and what to report about it."""

    data: bytes
    student_count: int
    """Number of students' rows in the file."""
    filled_count: int
    """Number of those rows that have a score from these submissions."""
    matching: MatchResult
    notes: tuple[str, ...] = ()
    """Notes for the instructor to read before the import, one per line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchColumns:
    """The columns that identify a row's student."""

    keys: Sequence[int]
    names: Sequence[int] = ()
    """Column of the full name, or columns of the last and the first name."""
    clean: Mapping[int, Callable[[str], str]] = field(default_factory=dict)
    """Functions that extract a key from a cell, by column; the default strips white space."""

    def row_keys(self, roster: CsvFile, row: int) -> tuple[str, ...]:
        """Return a row's distinct keys, without empty ones."""
        cells = (self.clean.get(c, str.strip)(roster.cell(row, c)) for c in self.keys)
        return tuple(dict.fromkeys(filter(None, cells)))


def roster_rows(
    roster: CsvFile, rows: Iterable[int], columns: MatchColumns, *, only: str | None = None
) -> tuple[RosterRow, ...]:
    """Read the students of a roster.

    Args:
        roster: The roster.
        rows: Indices of its rows that are students.
        columns: The columns that identify them.
        only: Title of a single column to match by instead.

    Raises:
        RosterError: Not exactly one column has that title.
    """
    if only is not None:
        columns = MatchColumns(keys=[_unique_column(roster, only)], clean=columns.clean)
    return tuple(
        RosterRow(
            row=row,
            keys=columns.row_keys(roster, row),
            name=", ".join(n for c in columns.names if (n := roster.cell(row, c).strip())),
        )
        for row in rows
    )


def match(grades: Sequence[Grade], persons: Sequence[RosterRow]) -> MatchResult:
    """Match submissions with rows.

    Keys take precedence over names, and exact matches over matches that ignore case.

    Args:
        grades: One per submission.
        persons: One per row.
    """
    index = _Index(persons)
    students = {grade.student for grade in grades}
    claims: dict[int, list[Grade]] = defaultdict(list)
    unmatched: list[Grade] = []
    ambiguous: list[str] = []
    for grade in grades:
        candidates = index.candidates(_base_key(grade, students), grade.name)
        if not candidates:
            unmatched.append(grade)
        elif len(candidates) > 1:
            labels = _join_labels(person.label for person in candidates)
            ambiguous.append(f"{grade.label} fits several rows: {labels}")
        else:
            claims[candidates[0].row].append(grade)
    by_row = {person.row: person for person in persons}
    for row, claimants in claims.items():
        if len(claimants) > 1:
            labels = _join_labels(grade.label for grade in claimants)
            ambiguous.append(f"{by_row[row].label} has several submissions: {labels}")
    return MatchResult(
        grades={row: group[0] for row, group in claims.items() if len(group) == 1},
        unmatched=tuple(unmatched),
        ambiguous=tuple(ambiguous),
        without_submission=tuple(person for person in persons if person.row not in claims),
    )


class _Index:
    """Looks up rows by key and by name, the most reliable way first."""

    def __init__(self, persons: Sequence[RosterRow]) -> None:
        self._by_key = _index_by(
            persons, lambda person: [normalize_cell_key(k) for k in person.keys]
        )
        self._by_folded_key = _index_by(
            persons, lambda person: [normalize_cell_key(k).casefold() for k in person.keys]
        )
        self._by_name = _index_by(persons, lambda person: [name_words(person.name)])
        self._by_sorted_name = _index_by(
            persons, lambda person: [tuple(sorted(name_words(person.name)))]
        )

    def candidates(self, student: str, name: str) -> list[RosterRow]:
        """Return the rows that a submission may belong to."""
        names = {parts for text in (name, student) if (parts := name_words(text))}
        attempts = (
            [self._by_key.get(normalize_cell_key(student), {})],
            [self._by_folded_key.get(normalize_cell_key(student).casefold(), {})],
            [self._by_name.get(parts, {}) for parts in names],
            [self._by_sorted_name.get(tuple(sorted(parts)), {}) for parts in names],
        )
        for groups in attempts:
            if found := {row: person for group in groups for row, person in group.items()}:
                return [found[row] for row in sorted(found)]
        return []


def _index_by(
    persons: Sequence[RosterRow], keys_of: Callable[[RosterRow], Sequence[object]]
) -> dict[object, dict[int, RosterRow]]:
    index: dict[object, dict[int, RosterRow]] = {}
    for person in persons:
        for index_key in keys_of(person):
            if index_key:
                index.setdefault(index_key, {})[person.row] = person
    return index


def _unique_column(roster: CsvFile, title: str) -> int:
    titles = [normalize_cell_key(head).casefold() for head in roster.header]
    if titles.count(normalize_cell_key(title).casefold()) != 1:
        listed = ", ".join(printable(head) for head in roster.header[: 2 * _MAX_LISTED])
        raise RosterError(
            f"{roster.name} does not have exactly one column {printable(title)} to match by: its "
            f"columns are {listed}."
        )
    return titles.index(normalize_cell_key(title).casefold())


def _base_key(grade: Grade, students: set[str]) -> str:
    """Return the key without its number: batches call the second submission of ``12`` ``12 #2``."""
    repeated = _REPEATED_KEY.fullmatch(grade.student)
    return repeated["key"] if repeated and repeated["key"] in students else grade.student


def _join_labels(labels: Iterable[str]) -> str:
    all_labels = list(labels)
    more = f" and {len(all_labels) - _MAX_LISTED} more" if len(all_labels) > _MAX_LISTED else ""
    return "; ".join(all_labels[:_MAX_LISTED]) + more
