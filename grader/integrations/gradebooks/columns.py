"""Finds columns of a roster by their titles, above all the assignment's."""

import re
from collections.abc import Callable, Mapping, Sequence

from grader.files.escape import printable
from grader.integrations.gradebooks.csv_file import CsvFile, RosterError
from grader.integrations.gradebooks.matching import ExportOptions
from grader.integrations.gradebooks.student_keys import normalize_cell_key
from grader.render.csv import format_points

_MAX_LISTED = 10

Titles = Mapping[int, re.Match[str]]
"""Parsed titles by column, with a group ``title`` and perhaps a group ``id``."""


def columns_titled(
    roster: CsvFile, titles: Sequence[str], normalise: Callable[[str], str] = str.lower
) -> list[int]:
    """Return the columns that have one of the titles, in the order of `titles`."""
    header = [normalise(title) for title in roster.header]
    return [header.index(title) for title in titles if title in header]


def parse_titles(roster: CsvFile, pattern: re.Pattern[str]) -> Titles:
    """Parse the titles that have the form of a gradebook's assignments."""
    matches = ((i, pattern.fullmatch(title)) for i, title in enumerate(roster.header))
    return {i: match for i, match in matches if match}


def find_column(columns: Titles, options: ExportOptions, *, where: str) -> int | None:
    """Return the assignment's column by its id, full title or title; None if there is none.

    Raises:
        RosterError: Several columns match.
    """
    wanted = normalize_cell_key(options.column_title).casefold()
    by_id = [i for i, match in columns.items() if match.groupdict().get("id") == wanted]
    by_full_title = [i for i, match in columns.items() if _same_title(match.group(), wanted)]
    by_title = [i for i, match in columns.items() if _same_title(match["title"], wanted)]
    candidates = by_id or by_full_title or by_title
    if len(candidates) > 1:
        several = ", ".join(printable(columns[i].group()) for i in candidates)
        raise RosterError(
            f"{where} has several columns {printable(options.column_title)}: {several}. Select one "
            "by "
            "its id with --assignment."
        )
    return candidates[0] if candidates else None


def list_titles(columns: Titles) -> str:
    """List the assignments of a roster for a message."""
    titles = [printable(match.group()) for match in columns.values()]
    more = f" and {len(titles) - _MAX_LISTED} more" if len(titles) > _MAX_LISTED else ""
    return ", ".join(titles[:_MAX_LISTED]) + more or "none"


def creation_note(platform: str, noun: str, options: ExportOptions, columns: Titles) -> str:
    """Warn that importing the file will create the assignment, perhaps because of a typo."""
    return (
        f"The roster has no {noun} {printable(options.column_title)}, so {platform} will "
        f"create one out of {format_points(options.total)} points. The roster's are: "
        f"{list_titles(columns)}."
    )


def _same_title(title: str, wanted: str) -> bool:
    return normalize_cell_key(title).casefold() == wanted
