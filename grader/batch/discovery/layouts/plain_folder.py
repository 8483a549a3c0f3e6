"""A folder of notebooks, or one with a folder a student: the names are all there is."""

import re

from grader.batch.discovery.source import Entry, Tops, inside, is_folder
from grader.batch.discovery.submission import Handed

_KIND = re.compile(
    r"\.(?:ipynb.*|py|html?|pdf|docx|zip|7z|rar|tgz|tar|(?:tar\.)?(?:gz|bz2|xz))\Z",
    re.IGNORECASE | re.DOTALL,
)
"""Notebooks, and what students hand in by mistake; lists and texts are more likely a course's."""


def handed_in(tops: Tops, *, note: str | None = None) -> tuple[Handed, ...]:
    """One submission a folder, and one for all files of one name.

    Args:
        tops: What lies at the top; files of no kind that students hand in are left out.
        note: What is to be said of those that are files.
    """
    notes = (note,) if note is not None else ()
    files: dict[str, list[Entry]] = {}
    found: list[Handed] = []
    for top, entries in tops.items():
        name, kind = _split(top)
        if not is_folder(entries) and kind:
            files.setdefault(name, []).extend(entries)
        elif is_folder(entries):
            who = name if entries[0].is_notebook else top
            found.append(Handed(student=who, name=who, entries=inside(entries), place=top))
        elif entries[0].trouble is not None:
            found.append(Handed(student=top, name=top, entries=entries, place=top))
    return (
        *found,
        *(
            Handed(student=who, name=who, entries=tuple(e), place=e[0].name, notes=notes)
            for who, e in files.items()
        ),
    )


def _split(top: str) -> tuple[str, str]:
    """A name, and the end of it that says what kind of file it is."""
    found = _KIND.search(top, 1)
    return (top[: found.start()], found.group(0)) if found else (top, "")
