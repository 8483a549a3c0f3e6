"""The column that a roster has for the assignment: told by its title or its id."""

import re
from collections.abc import Mapping

from grader.files.untrusted import shown
from grader.integrations.gradebooks.csv_file import RosterError
from grader.integrations.gradebooks.matching import Wanted
from grader.integrations.gradebooks.student_keys import key

_MAX_LISTED = 10


def find(columns: Mapping[int, re.Match[str]], wanted: Wanted, *, where: str) -> int | None:
    """The assignment's column; None where there is none.

    Args:
        columns: Titles taken apart, by column: with a group ``title``, perhaps an ``id``.
        wanted: Which one.
        where: The roster's name.

    Raises:
        RosterError: Several columns fit.
    """
    sought = key(wanted.called).casefold()
    by_id = [column for column, found in columns.items() if found.groupdict().get("id") == sought]
    whole = [column for column, found in columns.items() if _same(found.group(), sought)]
    titled = [column for column, found in columns.items() if _same(found["title"], sought)]
    fitting = by_id or whole or titled
    if len(fitting) > 1:
        several = ", ".join(shown(columns[column].group()) for column in fitting)
        raise RosterError(
            f"{where} has several columns {shown(wanted.called)}: {several}. Say which one with "
            "--assignment and its id."
        )
    return fitting[0] if fitting else None


def listed(columns: Mapping[int, re.Match[str]]) -> str:
    """The assignments of a roster, for a message."""
    titles = [shown(found.group()) for found in columns.values()]
    more = f" and {len(titles) - _MAX_LISTED} more" if len(titles) > _MAX_LISTED else ""
    return ", ".join(titles[:_MAX_LISTED]) + more or "none"


def _same(title: str, sought: str) -> bool:
    return key(title).casefold() == sought
