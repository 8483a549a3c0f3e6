"""Brightspace: keys, one grade item, and the mark that ends each row."""

import re
from collections.abc import Mapping, Sequence

from grader.files.untrusted import shown
from grader.integrations.gradebooks.columns import find, listed
from grader.integrations.gradebooks.csv_file import RosterError, Sheet
from grader.integrations.gradebooks.grades import Amounts, Grade, has_commas, read_number
from grader.integrations.gradebooks.matching import By, Exported, Wanted, match, people
from grader.render.csv import number

_ITEM = re.compile(r"(?P<title>.+?) Points Grade(?: *<(?P<about>.*)>)?", re.DOTALL)
_MAXIMUM = re.compile(r"MaxPoints:([0-9]+(?:[.,][0-9]+)?)")
_REFUSED = frozenset('/"*<>+=|,%')
_END, _MARK = "End-of-Line Indicator", "#"
_KEYS = ("orgdefinedid", "username")


def to_brightspace(grades: Sequence[Grade], roster: Sheet, wanted: Wanted) -> Exported:
    """The item's column, with the keys as Brightspace wrote them: it matches by their bytes.

    So a username that looks like a formula stays one; names are left out, as imports want it.

    Args:
        grades: One a submission.
        roster: An export of Brightspace's with a key field or both.
        wanted: The grade item.

    Raises:
        RosterError: It has no key, or cannot have such an item.
    """
    keys = _columns(roster, _KEYS)
    if not keys:
        raise RosterError(
            f"{roster.name} has neither OrgDefinedId nor Username: export it from Grades, Enter "
            "Grades, Export, with a key field."
        )
    column, title, maximum = _item(roster, wanted)
    rows = [row for row in range(1, len(roster.rows)) if any(roster.cell(row, k) for k in keys)]
    by = By(
        keys=[*keys, *_columns(roster, ("email",))],
        names=_columns(roster, ("lastname", "firstname")),
        clean=dict.fromkeys(keys, _without_mark),
    )
    matching = match(grades, people(roster, rows, by, only=wanted.match))
    commas = has_commas(roster.cell(row, column) for row in rows)
    amounts = Amounts(capped=True, commas=commas)
    found = {row: amounts.of(grade, maximum) for row, grade in matching.grades.items()}
    numbers = {row: amounts.text(value) for row, value in found.items() if value is not None}
    table = [
        [*(roster.rows[0][k] for k in keys), title, _END],
        *(
            [
                *(roster.cell(row, k) for k in keys),
                numbers.get(row, roster.cell(row, column)),
                _MARK,
            ]
            for row in rows
        ),
    ]
    return Exported(
        data=roster.like(table),
        students=len(rows),
        filled=len(numbers),
        matching=matching,
        notes=(*_new(roster, column, wanted), *amounts.said()),
    )


def _columns(roster: Sheet, names: Sequence[str]) -> list[int]:
    """Columns by their titles, in this order."""
    titles = [title.lower().replace(" ", "") for title in roster.head]
    return [titles.index(name) for name in names if name in titles]


def _item(roster: Sheet, wanted: Wanted) -> tuple[int | None, str, float | None]:
    """The item's column, its title and what it is out of."""
    items = _items(roster)
    column = find(items, wanted, where=roster.name)
    if column is not None:
        said = _MAXIMUM.search(items[column]["about"] or "")
        return column, roster.rows[0][column], read_number(said[1]) if said else None
    name = wanted.called.strip()
    if not name or _REFUSED & set(name) or not name.isprintable():
        raise RosterError(
            f"Brightspace takes no grade item called {shown(name)!r}: leave out "
            f"{' '.join(sorted(_REFUSED))}, or name one with --assignment: {listed(items)}."
        )
    points = number(wanted.total)
    return None, f"{name} Points Grade <Numeric MaxPoints:{points}>", wanted.total


def _items(roster: Sheet) -> Mapping[int, re.Match[str]]:
    return {i: found for i, title in enumerate(roster.head) if (found := _ITEM.fullmatch(title))}


def _new(roster: Sheet, column: int | None, wanted: Wanted) -> list[str]:
    if column is not None:
        return []
    return [
        f"The roster has no item {shown(wanted.called)}, so Brightspace will create one out of "
        f"{number(wanted.total)} points. The roster's are: {listed(_items(roster))}."
    ]


def _without_mark(cell: str) -> str:
    """A key without the ``#`` by which exports keep its leading zeros."""
    return cell.strip().removeprefix(_MARK)
