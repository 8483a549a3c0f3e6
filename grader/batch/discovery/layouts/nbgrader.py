"""nbgrader's ``submitted/<student>/<assignment>/``, with a ``timestamp.txt`` in it."""

from collections.abc import Callable, Iterable
from datetime import datetime

from grader.batch.discovery.layouts.timestamps import moment
from grader.batch.discovery.source import Entry, Tops, by_top, inside, is_folder
from grader.batch.discovery.submission import Handed
from grader.errors import SubmissionError
from grader.files.untrusted import ReadingError, shown

SUBMITTED = "submitted"
_TIMESTAMP = "timestamp.txt"
_LONGEST = 200
_MAX_LISTED = 20
Read = Callable[[Entry, float], bytes]


def fits(tops: Tops, name: str) -> bool:
    """Whether it is nbgrader's: one student's folders alone do not make it so.

    Args:
        tops: What lies at the top.
        name: The name of the folder in which it lies.
    """
    folders = [files for top in tops.values() if (files := _files(top))]
    told = [
        any(len(e.parts) > 1 if name == SUBMITTED else e.parts[1:] == (_TIMESTAMP,) for e in files)
        for files in folders
    ]
    return sum(told) * 2 > len(told)


def handed_in(tops: Tops, assignment: str | None, read: Read) -> tuple[Handed, ...]:
    """Every student's submission of one assignment.

    Args:
        tops: The students' folders.
        assignment: Which one; not needed where there is only one.
        read: Gives what is in a file.

    Raises:
        SubmissionError: There are several, and none or another one was named.
    """
    students = {name: by_top(inside(top)) for name, top in tops.items() if is_folder(top)}
    chosen = _assignment(students.values(), assignment)
    return tuple(_handed(name, folders, chosen, read) for name, folders in students.items())


def _files(top: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in inside(top) if not entry.folder]


def _assignment(students: Iterable[Tops], wanted: str | None) -> str:
    """The assignment that is graded."""
    names = sorted({n for tops in students for n, top in tops.items() if is_folder(top)})
    listing = ", ".join(map(shown, names[:_MAX_LISTED])) + ", …" * (len(names) > _MAX_LISTED)
    if wanted is not None and wanted not in names:
        raise SubmissionError(f"Nobody handed in {shown(wanted)}: there is {listing}.")
    if wanted is None and len(names) > 1:
        raise SubmissionError(
            f"There are submissions of {len(names)} assignments ({listing}): "
            "say which one to grade with --assignment."
        )
    return wanted or names[0]


def _handed(student: str, folders: Tops, assignment: str, read: Read) -> Handed:
    """A student's assignment, and the files beside the assignments' folders."""
    entries = inside(folders.get(assignment, ()))
    beside = [entry for top in folders.values() if not is_folder(top) for entry in top]
    stamp = next((e for e in entries if e.parts == (_TIMESTAMP,)), None)
    submitted, notes = (None, ()) if stamp is None else _when(stamp, read)
    missing = assignment not in folders and not beside
    return Handed(
        student=student,
        name=student,
        entries=(*(entry for entry in entries if entry is not stamp), *beside),
        place=student,
        platform=True,
        submitted=submitted,
        refusal=f"Nothing was handed in for {shown(assignment)}." if missing else None,
        notes=notes,
    )


def _when(stamp: Entry, read: Read) -> tuple[datetime | None, tuple[str, ...]]:
    try:
        text = read(stamp, _LONGEST).decode("utf-8", "replace")
    except ReadingError as error:
        return None, (f"{_TIMESTAMP} cannot be read: {error}.",)
    submitted = moment(text)
    return submitted, () if submitted else (f"{_TIMESTAMP} names no moment: {shown(text, 60)}",)
