"""Canvas: the gradebook that it exports, with this assignment's column alone, to import again."""

import re
from collections.abc import Iterable, Mapping, Sequence

from grader.files.untrusted import shown
from grader.integrations.gradebooks.columns import find, listed
from grader.integrations.gradebooks.csv_file import RosterError, Sheet
from grader.integrations.gradebooks.grades import Amounts, Grade, has_commas, read_number
from grader.integrations.gradebooks.matching import (
    By,
    Exported,
    Matching,
    Person,
    Wanted,
    match,
    people,
)
from grader.integrations.gradebooks.student_keys import neutral
from grader.render.csv import number

_POSSIBLE = "Points Possible"
_TITLE = re.compile(r"(?P<title>.*?)(?: \((?P<id>[0-9]+)\))?", re.DOTALL)
_TOTALS = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
_POSTING = re.compile(r"\s*(muted|manual posting.*)?\s*", re.IGNORECASE)
_TEST = frozenset(("student, test", "test student"))
_KEYS = frozenset(("ID", "SIS User ID", "SIS Login ID", "Integration ID"))
_NAMES = frozenset(("Student", "LastName", "FirstName"))
_TAKEN = _KEYS | _NAMES | {"Section", "Root Account"}


def to_canvas(grades: Sequence[Grade], roster: Sheet, wanted: Wanted) -> Exported:
    """The gradebook with the scores.

    Blank cells and "-" would take a score away, so a row without one of ours keeps what it has.

    Args:
        grades: One a submission.
        roster: The gradebook as Canvas exports it.
        wanted: The assignment.

    Raises:
        RosterError: It is no export of Canvas's, or cannot have such a column.
    """
    about = _about(roster)
    column = _assignment(roster, about, wanted)
    possible = _possible(roster)
    maximum = _maximum(roster, possible, column, wanted)
    rows = _students(roster, possible)
    by = By(
        keys=[i for i in range(about) if roster.head[i] in _KEYS],
        names=[i for i in range(about) if roster.head[i] in _NAMES],
    )
    own = [row for row in rows if not _is_test(roster, row)]
    persons = people(roster, own, by, only=wanted.match)
    matching = match(grades, persons)
    commas = has_commas(roster.cell(row, i) for row in rows for i in range(about, len(roster.head)))
    amounts = Amounts(capped=False, commas=commas)
    numbers = _numbers(roster, matching, column, maximum, amounts)
    title = wanted.called if column is None else roster.rows[0][column]
    points = roster.cell(possible, column) if possible and column is not None else ""
    table = [
        [*roster.rows[0][:about], title],
        [
            *_possible_cells(roster, possible, about),
            number(wanted.total) if column is None else points,
        ],
        *(
            [*_student(roster, row, about), numbers.get(row, roster.cell(row, column))]
            for row in rows
        ),
    ]
    return Exported(
        data=roster.like(table),
        students=len(persons),
        filled=len(numbers),
        matching=matching,
        notes=(
            *_new(roster, about, column, wanted),
            *amounts.said(),
            *_kept(roster, persons, column, numbers),
        ),
    )


def _about(roster: Sheet) -> int:
    """How many columns are about the student, counted as Canvas does; the last is the section."""
    head = roster.head
    named = 4 if head[:2] == ["LastName", "FirstName"] else 3
    wrong = len(head) < named or "ID" not in head[named - 2]
    wrong = wrong or (named == 3 and "Student" not in head[0])  # noqa: PLR2004 (Student, ID, …)
    at = named - 1
    if head[at : at + 1] == ["SIS Login ID"]:
        at += 1
    elif head[at : at + 2] == ["SIS User ID", "SIS Login ID"]:
        at += 2
        at += head[at : at + 1] == ["Integration ID"]
        at += head[at : at + 1] == ["Root Account"]
    if wrong or "Section" not in "".join(head[at : at + 1]):
        raise RosterError(
            f"{roster.name} is not a gradebook as Canvas exports it (Student, ID, ..., Section): "
            "take it from Grades, Export Entire Gradebook."
        )
    return at + 1


def _assignment(roster: Sheet, about: int, wanted: Wanted) -> int | None:
    titles = _titles(roster, about)
    column = find(titles, wanted, where=roster.name)
    if column is not None:
        return column
    title = wanted.called.strip()
    found = _TITLE.fullmatch(title)
    known = f"The roster's assignments are: {listed(titles)}."
    if title.isdecimal() or (found and found["id"]):
        raise RosterError(f"{roster.name} has no assignment {shown(title)}. {known}")
    if not title or title in _TAKEN or _TOTALS.search(title) or not title.isprintable():
        raise RosterError(f"Canvas takes no assignment called {shown(title)!r}. {known}")
    return None


def _titles(roster: Sheet, about: int) -> Mapping[int, re.Match[str]]:
    return {
        i: found
        for i, title in enumerate(roster.head)
        if i >= about and not _TOTALS.search(title) and (found := _TITLE.fullmatch(title))
    }


def _possible(roster: Sheet) -> int | None:
    rows = range(1, len(roster.rows))
    return next((row for row in rows if _POSSIBLE in roster.cell(row, 0)), None)


def _maximum(
    roster: Sheet, possible: int | None, column: int | None, wanted: Wanted
) -> float | None:
    if column is None:
        return wanted.total
    points = roster.cell(possible, column) if possible else ""
    if "read only" in points:
        raise RosterError(
            f"Canvas does not let the column {shown(roster.head[column])} be changed (read only): "
            "give another one with --assignment."
        )
    return read_number(points)


def _possible_cells(roster: Sheet, possible: int | None, about: int) -> list[str]:
    if possible is None:
        return [_POSSIBLE, *[""] * (about - 1)]
    return [roster.cell(possible, i) for i in range(about)]


def _students(roster: Sheet, possible: int | None) -> list[int]:
    """Rows that are neither the points nor a note on posting."""
    return [
        row
        for row in range(1, len(roster.rows))
        if row != possible and not all(map(_POSTING.fullmatch, roster.rows[row]))
    ]


def _is_test(roster: Sheet, row: int) -> bool:
    """Whether it is the student that Canvas invents for teachers: kept, and nobody's row."""
    return roster.cell(row, 0).strip().lower() in _TEST


def _student(roster: Sheet, row: int, about: int) -> list[str]:
    """Who it is; nothing of it runs in a spreadsheet where Canvas does not look at it.

    It goes by the id. Without one it goes by what else there is, so that stays as it was.
    """
    cells = [roster.cell(row, i) for i in range(about)]
    by_id = cells[roster.head.index("ID")].strip().isdecimal() if "ID" in roster.head else False
    return [neutral(cell) for cell in cells] if by_id else cells


def _numbers(
    roster: Sheet, matching: Matching, column: int | None, maximum: float | None, amounts: Amounts
) -> dict[int, str]:
    found = {
        row: amounts.of(grade, maximum)
        for row, grade in matching.grades.items()
        if not _is_excused(roster.cell(row, column))
    }
    return {row: amounts.text(value) for row, value in found.items() if value is not None}


def _is_excused(cell: str) -> bool:
    return cell.strip().upper() == "EX"


def _new(roster: Sheet, about: int, column: int | None, wanted: Wanted) -> list[str]:
    if column is not None:
        return []
    return [
        f"The roster has no assignment {shown(wanted.called)}, so Canvas will create one out of "
        f"{number(wanted.total)} points. The roster's are: {listed(_titles(roster, about))}."
    ]


def _kept(
    roster: Sheet, persons: Iterable[Person], column: int | None, numbers: Mapping[int, str]
) -> list[str]:
    """What stands in the column and was left there."""
    found = {
        person.label: cell
        for person in persons
        if person.row not in numbers and (cell := roster.cell(person.row, column).strip(" -"))
    }
    excused = [label for label, cell in found.items() if _is_excused(cell)]
    others = [label for label in found if label not in excused]
    lines = [f"Excused in Canvas, and left so: {'; '.join(excused)}."] if excused else []
    if others:
        lines.append(f"Kept the number that Canvas has of: {'; '.join(others)}.")
    return lines
