"""Chooses one notebook of a student's: the one that defines most of the lab's functions."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from grader.batch.discovery.source import FileEntry
from grader.batch.discovery.student_files import StudentFiles
from grader.errors import SubmissionError
from grader.files.untrusted import FileReadError
from grader.rubric.sections import Limits
from grader.submission.read import parse_submission
from grader.submission.source import defined_names, find_stubs

MAX_COMPARED = 20
"""Maximum number of notebooks to read per student, so that no student can hold up the batch."""
_MAX_LISTED = 3
_DIGITS = re.compile(r"(\d{1,18})", re.ASCII)
ReadEntry = Callable[[FileEntry], bytes]


class _Score(NamedTuple):
    filled: int
    """Number of the lab's functions with a body."""
    defined: int
    """Number of the lab's functions that are defined, stubs included."""


def choose_notebook(
    files: StudentFiles, read: ReadEntry, names: frozenset[str], limits: Limits
) -> StudentFiles:
    """Choose the notebook to grade from a student's files.

    Args:
        files: The student's files.
        read: Reads a file of theirs.
        names: Names of the lab's functions.
        limits: Size limits of a notebook.

    Returns:
        The same with `chosen` or `refusal` set, and with notes on the choice.
    """
    entries = sorted(files.entries, key=_natural_sort_key)
    notebooks = [entry for entry in entries if entry.is_notebook and entry.problem is None]
    if not notebooks:
        return replace(files, refusal=_explain_refusal(entries))
    notes = (*_note_unreadable(entries), *_note_archives(entries))
    if len(notebooks) == 1:
        return replace(files, chosen=notebooks[0], notes=(*files.notes, *notes))
    compared = sorted(notebooks, key=lambda entry: len(entry.parts))[:MAX_COMPARED]
    scores = {entry: _score(entry, read, names, limits) for entry in compared}
    best = max(compared, key=lambda entry: (scores[entry], _natural_sort_key(entry)))
    tied = sum(score == scores[best] for score in scores.values())
    reason = _explain_choice(len(notebooks), best, scores[best], tied, len(names))
    notes = (reason, *_note_not_compared(len(notebooks)), *notes)
    return replace(files, chosen=best, notes=(*files.notes, *notes))


def _score(entry: FileEntry, read: ReadEntry, names: frozenset[str], limits: Limits) -> _Score:
    """Count the lab's functions in a notebook; one that cannot be read comes last."""
    try:
        submission = parse_submission(read(entry), Path(entry.name), limits)
    except (FileReadError, SubmissionError):
        return _Score(-1, -1)
    sources = [cell.source for cell in submission.cells]
    defined = defined_names(sources) & names
    return _Score(len(defined - find_stubs(sources)), len(defined))


def _natural_sort_key(entry: FileEntry) -> tuple[object, ...]:
    """Return a sort key that puts 10 after 9."""
    pieces = _DIGITS.split("/".join(entry.parts).lower())
    return tuple(int(p) if i % 2 else p for i, p in enumerate(pieces)), entry.parts


def _explain_choice(count: int, best: FileEntry, score: _Score, tied: int, functions: int) -> str:
    verb, defined = ("fill in", score.filled) if score.filled else ("define", score.defined)
    graded = f"Of {count} notebooks, {best.display_path} was graded: "
    if defined <= 0:
        return f"{graded}none defines any of the lab's functions, and it is the last by name."
    share = f"{defined} of the lab's {functions} functions"
    if tied == 1:
        third_person = "fills in" if score.filled else "defines"
        return f"{graded}it {third_person} most, {share}."
    return f"{graded}{tied} {verb} {share}, and it is the last of them by name."


def _note_not_compared(count: int) -> tuple[str, ...]:
    more = count - MAX_COMPARED
    return (f"{more} more, deeper in folders, were not looked at.",) if more > 0 else ()


def _note_unreadable(entries: Sequence[FileEntry]) -> tuple[str, ...]:
    unreadable = [entry for entry in entries if entry.problem is not None]
    notes = [
        f"{entry.display_path} was not looked at: {entry.problem}."
        for entry in unreadable[:_MAX_LISTED]
    ]
    more = len(unreadable) - len(notes)
    return (*notes, *((f"Nor were {more} others.",) if more else ()))


def _note_archives(entries: Sequence[FileEntry]) -> tuple[str, ...]:
    archives = [entry for entry in entries if entry.is_archive and entry.problem is None]
    return (f"Not opened: {_join_names(archives)}.",) if archives else ()


def _explain_refusal(entries: Sequence[FileEntry]) -> str:
    """Say why there is nothing to grade."""
    for entry in entries:
        if entry.problem is not None:
            return f"{entry.display_path} cannot be read: {entry.problem}."
    others = [entry for entry in entries if not entry.folder]
    if not others:
        return "Nothing was handed in: there is no file."
    archives = [entry for entry in others if entry.is_archive]
    if archives:
        return (
            f"No notebook was handed in, only {_join_names(others)}: "
            f"a packed file is not opened, so unpack {_join_names(archives)}."
        )
    return f"No notebook (.ipynb) was handed in, only {_join_names(others)}."


def _join_names(entries: Iterable[FileEntry]) -> str:
    paths = [entry.display_path for entry in entries]
    more = len(paths) - _MAX_LISTED
    listed = ", ".join(paths[:_MAX_LISTED])
    return f"{listed} and {more} more" if more > 0 else listed
