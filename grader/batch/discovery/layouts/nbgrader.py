"""nbgrader's ``submitted/<student>/<assignment>/``, with a ``timestamp.txt`` in it."""

from collections.abc import Callable, Iterable
from datetime import datetime

from grader.batch.discovery.layouts.timestamps import parse_timestamp
from grader.batch.discovery.source import (
    FileEntry,
    TopLevel,
    group_by_top_level,
    is_folder,
    strip_top,
)
from grader.batch.discovery.student_files import StudentFiles
from grader.errors import SubmissionError
from grader.files.escape import printable
from grader.files.untrusted import FileReadError

SUBMITTED = "submitted"
_TIMESTAMP = "timestamp.txt"
_MAX_TIMESTAMP_BYTES = 200
_MAX_LISTED = 20
ReadEntry = Callable[[FileEntry, float], bytes]


def matches(tops: TopLevel, name: str) -> bool:
    """Return True if most of the folders have nbgrader's layout; one student's do not suffice.

    Args:
        tops: The top-level files and folders.
        name: The name of the folder they lie in.
    """
    folders = [files for top in tops.values() if (files := _files(top))]
    fitting = [
        any(len(e.parts) > 1 if name == SUBMITTED else e.parts[1:] == (_TIMESTAMP,) for e in files)
        for files in folders
    ]
    return sum(fitting) * 2 > len(fitting)


def group_by_student(
    tops: TopLevel, assignment: str | None, read: ReadEntry
) -> tuple[StudentFiles, ...]:
    """Group the files of one assignment by student.

    Args:
        tops: The students' folders.
        assignment: The assignment; may be None if there is only one.
        read: Reads a file.

    Raises:
        SubmissionError: There are several assignments and none was named, or another one.
    """
    students = {
        name: group_by_top_level(strip_top(top)) for name, top in tops.items() if is_folder(top)
    }
    chosen = _choose_assignment(students.values(), assignment)
    return tuple(_student_files(name, folders, chosen, read) for name, folders in students.items())


def _files(top: Iterable[FileEntry]) -> list[FileEntry]:
    return [entry for entry in strip_top(top) if not entry.folder]


def _choose_assignment(students: Iterable[TopLevel], requested: str | None) -> str:
    names = sorted({n for tops in students for n, top in tops.items() if is_folder(top)})
    listing = ", ".join(map(printable, names[:_MAX_LISTED])) + ", …" * (len(names) > _MAX_LISTED)
    if requested is not None and requested not in names:
        raise SubmissionError(f"Nobody handed in {printable(requested)}: there is {listing}.")
    if requested is None and len(names) > 1:
        raise SubmissionError(
            f"There are submissions of {len(names)} assignments ({listing}): "
            "say which one to grade with --assignment."
        )
    return requested or names[0]


def _student_files(
    student: str, folders: TopLevel, assignment: str, read: ReadEntry
) -> StudentFiles:
    """Return a student's files of the assignment, and those beside the assignments' folders."""
    entries = strip_top(folders.get(assignment, ()))
    beside = [entry for top in folders.values() if not is_folder(top) for entry in top]
    stamp = next((e for e in entries if e.parts == (_TIMESTAMP,)), None)
    submitted, notes = (None, ()) if stamp is None else _read_timestamp(stamp, read)
    missing = assignment not in folders and not beside
    return StudentFiles(
        student=student,
        name=student,
        entries=(*(entry for entry in entries if entry is not stamp), *beside),
        top=student,
        from_platform=True,
        submitted=submitted,
        refusal=f"Nothing was handed in for {printable(assignment)}." if missing else None,
        notes=notes,
    )


def _read_timestamp(stamp: FileEntry, read: ReadEntry) -> tuple[datetime | None, tuple[str, ...]]:
    """Return the time of submission, and a note if there is none."""
    try:
        text = read(stamp, _MAX_TIMESTAMP_BYTES).decode("utf-8", "replace")
    except FileReadError as error:
        return None, (f"{_TIMESTAMP} cannot be read: {error}.",)
    submitted = parse_timestamp(text)
    return submitted, () if submitted else (f"{_TIMESTAMP} names no moment: {printable(text, 60)}",)
