"""Moodle: the grading worksheet that it gives, with grades and comments filled in."""

from collections.abc import Mapping, Sequence
from html import escape

from grader.files.untrusted import shown
from grader.integrations.gradebooks.csv_file import Sheet
from grader.integrations.gradebooks.grades import Amounts, Grade, has_commas, read_number
from grader.integrations.gradebooks.matching import By, Exported, Person, Wanted, match, people
from grader.integrations.gradebooks.moodle_columns import NO, Columns, columns_of, participant
from grader.render.escape import line


def to_moodle(grades: Sequence[Grade], roster: Sheet, wanted: Wanted) -> Exported:
    """The worksheet with grades and comments, and every other byte kept: Moodle reads them back.

    So names stay as they were, also where one looks like a formula.

    Args:
        grades: One a submission.
        roster: The worksheet.
        wanted: The lab.

    Raises:
        RosterError: It is no worksheet of Moodle's.
    """
    columns = columns_of(roster)
    rows = [r for r in range(1, len(roster.rows)) if roster.cell(r, columns.identifier).strip()]
    matching = match(grades, _people(roster, rows, columns, wanted))
    given = [c for c in (columns.grade, columns.maximum) if c is not None]
    amounts = Amounts(
        capped=True, commas=has_commas(roster.cell(row, c) for row in rows for c in given)
    )
    refused = {r: why for r in matching.grades if (why := _refusal(roster, r, columns))}
    judged = {
        row: grade
        for row, grade in matching.grades.items()
        if row not in refused and grade.score is not None
    }
    cells: dict[tuple[int, int], str] = {}
    for row, grade in judged.items():
        value = amounts.of(grade, read_number(roster.cell(row, columns.maximum)))
        if value is not None and read_number(roster.cell(row, columns.grade)) != value:
            cells[row, columns.grade] = amounts.text(value)
    comments, theirs = _comments(roster, judged, columns.feedback, wanted)
    notes = [f"Not filled: {matching.grades[r].label}: {why}." for r, why in refused.items()]
    if columns.feedback is None:
        notes.append(
            "The worksheet has no column of feedback comments that we know: none is filled."
        )
    if theirs:
        notes.append(f"Comments of yours are kept, and ours left out: {'; '.join(theirs)}.")
    return Exported(
        data=roster.filled(cells | comments),
        students=len(rows),
        filled=len(judged),
        matching=matching,
        notes=(*amounts.said(), *notes),
    )


def _people(
    roster: Sheet, rows: Sequence[int], columns: Columns, wanted: Wanted
) -> tuple[Person, ...]:
    by = By(
        keys=[columns.identifier, *columns.keys],
        names=columns.names,
        clean={columns.identifier: participant},
    )
    return people(roster, rows, by, only=wanted.match)


def _refusal(roster: Sheet, row: int, columns: Columns) -> str | None:
    """Why Moodle would take no grade in a row."""
    if not roster.has(row, columns.grade):
        return f"row {row + 1} ends before the grade"
    if roster.cell(row, columns.changeable).strip().lower() in NO:
        return "Moodle says that the grade cannot be changed"
    most = roster.cell(row, columns.maximum)
    if columns.maximum is not None and not read_number(most):
        return f"the maximum grade is no number ({shown(most) or 'empty'}), as with a scale"
    return None


def _comments(
    roster: Sheet, judged: Mapping[int, Grade], column: int | None, wanted: Wanted
) -> tuple[dict[tuple[int, int], str], list[str]]:
    """Comments to fill in, and whose cells a person has written in already."""
    cells: dict[tuple[int, int], str] = {}
    theirs: list[str] = []
    if column is None:
        return cells, theirs
    for row, grade in judged.items():
        if not grade.feedback or not roster.has(row, column):
            continue
        there = roster.cell(row, column).strip()
        if there and not there.startswith(f"<p>{escape(line(wanted.title))}: "):
            theirs.append(grade.label)
        else:
            cells[row, column] = _html(grade.feedback)
    return cells, theirs


def _html(lines: Sequence[str]) -> str:
    """Comments are markup there; of ours, only the paragraph is."""
    return f"<p>{'<br>'.join(map(escape, lines))}</p>"
