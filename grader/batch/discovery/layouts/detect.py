"""Detects the layout of a folder or zip by its names, and groups its files by student."""

from collections.abc import Sequence

from grader.batch.discovery.layouts import canvas, gradescope, moodle, nbgrader, plain_folder
from grader.batch.discovery.source import (
    FileEntry,
    SubmissionSource,
    TopLevel,
    group_by_top_level,
    is_folder,
    strip_top,
)
from grader.batch.discovery.student_files import StudentFiles
from grader.errors import SubmissionError
from grader.files.escape import printable


def group_by_student(
    source: SubmissionSource, name: str, assignment: str | None
) -> tuple[StudentFiles, ...]:
    """Group the files of a source by student.

    Args:
        source: A folder or a zip.
        name: Its name.
        assignment: The assignment to grade if nbgrader collected several.

    Raises:
        SubmissionError: The assignment is not there, or was not named.
    """
    entries: Sequence[FileEntry] = source.entries
    note: str | None = None
    while True:
        tops = group_by_top_level(entries)
        if gradescope.matches(tops):
            _reject_assignment(assignment)
            return gradescope.group_by_student(tops, source.read)
        if nbgrader.matches(tops, name):
            return nbgrader.group_by_student(tops, assignment, source.read)
        wrapper = _single_top_folder(tops)
        if wrapper is None:
            _reject_assignment(assignment)
            return _group_by_names(tops, note)
        note = f"Each notebook in the folder {printable(wrapper)} was taken for one student's."
        name, entries = wrapper, _strip_wrapper(tops, wrapper)


def _reject_assignment(assignment: str | None) -> None:
    if assignment is not None:
        raise SubmissionError(
            "--assignment is for what nbgrader collected, and this is not laid out as that is: "
            "leave it out."
        )


def _group_by_names(tops: TopLevel, note: str | None) -> tuple[StudentFiles, ...]:
    """Group files by the platform that named them, and the rest by their own names."""
    by_moodle, rest = moodle.group_by_student(tops)
    by_canvas, rest = canvas.group_by_student(rest)
    return (*by_moodle, *by_canvas, *plain_folder.group_by_student(rest, note=note))


def _single_top_folder(tops: TopLevel) -> str | None:
    """Return the name of a folder that holds all submissions and is itself no student's."""
    submitted = tops.get(nbgrader.SUBMITTED, ())
    if nbgrader.matches(group_by_top_level(strip_top(submitted)), nbgrader.SUBMITTED):
        return nbgrader.SUBMITTED
    readable = [top for top, entries in tops.items() if not _is_unreadable(entries)]
    if len(readable) == 1 and _is_wrapper(readable[0], tops[readable[0]]):
        return readable[0]
    return None


def _is_wrapper(name: str, top: tuple[FileEntry, ...]) -> bool:
    """Return True if a folder holds several students' work, and not several files of one."""
    within = group_by_top_level(strip_top(top))
    if top[0].is_notebook or moodle.group_by_student({name: top}).students:
        return False
    if moodle.group_by_student(within).students or canvas.group_by_student(within).students:
        return True
    if gradescope.matches(within) or _single_top_folder(within) is not None:
        return True
    with_notebook = [t for t in within.values() if any(entry.is_notebook for entry in t)]
    folders = [t for t in within.values() if is_folder(t)]
    return len(with_notebook) > 1 or (len(folders) > 1 and all(map(is_folder, with_notebook)))


def _is_unreadable(top: tuple[FileEntry, ...]) -> bool:
    """Return True if nothing in a top-level group can be read."""
    files = [entry for entry in top if not entry.folder or entry.problem is not None]
    return bool(files) and all(entry.problem is not None for entry in files)


def _strip_wrapper(tops: TopLevel, wrapper: str) -> tuple[FileEntry, ...]:
    """Return the entries in the wrapper, and the unreadable ones beside it."""
    others = (e for top, e in tops.items() if top != wrapper and _is_unreadable(e))
    return (*strip_top(tops[wrapper]), *(entry for entries in others for entry in entries))
