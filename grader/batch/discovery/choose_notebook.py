"""Which of a student's notebooks is graded: the one that defines most of the lab's functions."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from grader.batch.discovery.source import Entry
from grader.errors import SubmissionError
from grader.files.untrusted import ReadingError
from grader.rubric.model import Limits
from grader.submission.read import parse_submission
from grader.submission.source import defined_names, stubs

MAX_COMPARED = 20
"""Of one student's notebooks: reading more would let one hold up all others."""
_MAX_SAID = 3
_DIGITS = re.compile(r"(\d{1,18})", re.ASCII)
Read = Callable[[Entry], bytes]


class Choice(NamedTuple):
    """The notebook that is graded, or why none is; and what else is to be said."""

    entry: Entry | None
    refusal: str | None
    notes: tuple[str, ...]


class _Merit(NamedTuple):
    filled: int
    defined: int


def choose(entries: Iterable[Entry], read: Read, names: frozenset[str], limits: Limits) -> Choice:
    """Choose one notebook of all that a student handed in.

    Args:
        entries: What the student handed in, named from the student's folder.
        read: Gives what is in a file.
        names: The lab's functions.
        limits: Size limits of a notebook.
    """
    files = sorted(entries, key=_by_name)
    notebooks = [entry for entry in files if entry.is_notebook and entry.trouble is None]
    notes = (*_unread(files), *_unopened(files))
    if not notebooks:
        return Choice(None, _refusal(files), ())
    if len(notebooks) == 1:
        return Choice(notebooks[0], None, notes)
    compared = sorted(notebooks, key=lambda entry: len(entry.parts))[:MAX_COMPARED]
    merits = {entry: _merit(entry, read, names, limits) for entry in compared}
    best = max(compared, key=lambda entry: (merits[entry], _by_name(entry)))
    tied = sum(merit == merits[best] for merit in merits.values())
    said = _said(len(notebooks), best, merits[best], tied, len(names))
    return Choice(best, None, (said, *_beyond(len(notebooks)), *notes))


def _merit(entry: Entry, read: Read, names: frozenset[str], limits: Limits) -> _Merit:
    """How many of the lab's functions it fills in, and defines; what cannot be read is last."""
    try:
        submission = parse_submission(read(entry), Path(entry.name), limits)
    except (ReadingError, SubmissionError):
        return _Merit(-1, -1)
    sources = [cell.source for cell in submission.cells]
    defined = defined_names(sources) & names
    return _Merit(len(defined - stubs(sources)), len(defined))


def _by_name(entry: Entry) -> tuple[object, ...]:
    """An order of names in which 10 comes after 9."""
    pieces = _DIGITS.split("/".join(entry.parts).lower())
    return tuple(int(p) if i % 2 else p for i, p in enumerate(pieces)), entry.parts


def _said(count: int, best: Entry, merit: _Merit, tied: int, functions: int) -> str:
    """Why this one of several was graded."""
    verb, defined = ("fill in", merit.filled) if merit.filled else ("define", merit.defined)
    graded = f"Of {count} notebooks, {best.called} was graded: "
    if defined <= 0:
        return f"{graded}none defines any of the lab's functions, and it is the last by name."
    share = f"{defined} of the lab's {functions} functions"
    if tied == 1:
        third = "fills in" if merit.filled else "defines"
        return f"{graded}it {third} most, {share}."
    return f"{graded}{tied} {verb} {share}, and it is the last of them by name."


def _beyond(count: int) -> tuple[str, ...]:
    more = count - MAX_COMPARED
    return (f"{more} more, deeper in folders, were not looked at.",) if more > 0 else ()


def _unread(files: Sequence[Entry]) -> tuple[str, ...]:
    """What should have been a notebook and could not be read."""
    troubled = [entry for entry in files if entry.trouble is not None]
    said = [f"{entry.called} was not looked at: {entry.trouble}." for entry in troubled[:_MAX_SAID]]
    more = len(troubled) - len(said)
    return (*said, *((f"Nor were {more} others.",) if more else ()))


def _unopened(files: Sequence[Entry]) -> tuple[str, ...]:
    packed = [entry for entry in files if entry.is_archive and entry.trouble is None]
    return (f"Not opened: {_listing(packed)}.",) if packed else ()


def _refusal(files: Sequence[Entry]) -> str:
    """Why there is nothing to grade."""
    for entry in files:
        if entry.trouble is not None:
            return f"{entry.called} cannot be read: {entry.trouble}."
    others = [entry for entry in files if not entry.folder]
    if not others:
        return "Nothing was handed in: there is no file."
    packed = [entry for entry in others if entry.is_archive]
    if packed:
        return (
            f"No notebook was handed in, only {_listing(others)}: "
            f"a packed file is not opened, so unpack {_listing(packed)}."
        )
    return f"No notebook (.ipynb) was handed in, only {_listing(others)}."


def _listing(entries: Sequence[Entry]) -> str:
    said = ", ".join(entry.called for entry in entries[:_MAX_SAID])
    more = len(entries) - _MAX_SAID
    return f"{said} and {more} more" if more > 0 else said
