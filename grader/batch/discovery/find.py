"""Finds the submissions in a folder or zip, in any supported layout."""

import stat
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path

from grader.batch.discovery.choose_notebook import choose_notebook
from grader.batch.discovery.folder import Folder
from grader.batch.discovery.layouts.detect import group_by_student
from grader.batch.discovery.source import FileEntry, SubmissionSource
from grader.batch.discovery.student_files import StudentFiles
from grader.batch.discovery.zip_archive import ZipArchive
from grader.errors import SubmissionError
from grader.files.escape import printable
from grader.files.untrusted import FileReadError, TooLargeError
from grader.rubric.sections import Limits

_SUPPORTED = (
    "looked for notebooks (.ipynb), one each or in a folder a student, for nbgrader's submitted/, "
    "and for a download from Canvas, Moodle or Gradescope"
)
_MAX_LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOptions:
    """Options of a search for submissions."""

    names: frozenset[str]
    """Names of the lab's functions: of several notebooks, the one with most of them is graded."""
    limits: Limits
    """Size limits of a notebook."""
    assignment: str | None = None
    """The assignment to grade if nbgrader collected several."""


def find_submissions(
    path: Path, unpack_into: Path, options: SearchOptions, *, skip: Path | None = None
) -> tuple[StudentFiles, ...]:
    """Find every student's submission, also those without a notebook.

    Args:
        path: A folder or a zip.
        unpack_into: A private folder for the notebooks of a zip.
        options: Names, limits and assignment to look for.
        skip: A subfolder to leave out: the results folder.

    Returns:
        One for each student, sorted by their keys.

    Raises:
        SubmissionError: There is no submission, or it is unclear whose they are.
        GraderError: A notebook of a zip could not be written.
    """
    name = printable(str(path))
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:  # the latter for a NUL in its name
        why = getattr(error, "strerror", None) or "no file has such a name"
        raise SubmissionError(f"Cannot read {name}: {why}.") from error
    is_folder = stat.S_ISDIR(mode)
    if not is_folder and not stat.S_ISREG(mode):
        raise SubmissionError(f"{name} is neither a folder nor a file: give one of them.")
    with ExitStack() as stack:
        source: SubmissionSource = (
            Folder(path, skip=skip)
            if is_folder
            else stack.enter_context(closing(ZipArchive(path, unpack_into)))
        )
        source_name = path.resolve().name if is_folder else path.stem
        students = group_by_student(source, source_name, options.assignment)
        if not any(map(_has_submission, students)):
            raise SubmissionError(_no_submissions(name, source.entries))
        return tuple(_with_notebook(one, source, options) for one in _disambiguate_keys(students))


def _has_submission(files: StudentFiles) -> bool:
    return files.from_platform or any(entry.is_notebook for entry in files.entries)


def _disambiguate_keys(students: Sequence[StudentFiles]) -> list[StudentFiles]:
    """Sort submissions by their students' keys and make the keys unique."""
    taken = {one.student for one in students}
    groups: dict[str, list[StudentFiles]] = {}
    for one in sorted(students, key=lambda one: (one.student, one.top, one.name)):
        groups.setdefault(one.student, []).append(one)
    unique: list[StudentFiles] = []
    for student, group in groups.items():
        free = (key for n in count(2) if (key := f"{student} #{n}") not in taken)
        keys = [student, *islice(free, len(group) - 1)]
        listing = ", ".join(map(printable, keys[:_MAX_LISTED])) + ", …" * (len(keys) > _MAX_LISTED)
        note = (f"{len(group)} submissions have this key: graded as {listing}.",)
        unique += [
            replace(one, student=key, notes=(*one.notes, *note) if len(group) > 1 else one.notes)
            for one, key in zip(group, keys, strict=True)
        ]
    return sorted(unique, key=lambda one: one.student)


def _with_notebook(
    files: StudentFiles, source: SubmissionSource, options: SearchOptions
) -> StudentFiles:
    """Choose the notebook and make it readable, or say why there is none."""
    if files.refusal is not None:
        return files
    limit = options.limits.file_mb * 2**20
    files = choose_notebook(
        files, lambda entry: source.read(entry, limit), options.names, options.limits
    )
    if files.chosen is None:
        return files
    try:
        return replace(files, notebook=source.extract(files.chosen, limit))
    except FileReadError as error:
        return replace(files, refusal=_explain_unreadable(files.chosen, error))


def _explain_unreadable(entry: FileEntry, error: FileReadError) -> str:
    if isinstance(error, TooLargeError):
        return f"{entry.display_path} is too large: {error}: clear the outputs and save it again."
    return f"{entry.display_path} cannot be read: {error}."


def _no_submissions(name: str, entries: Sequence[FileEntry]) -> str:
    """Return the message for a folder or zip without a submission."""
    has_archives = any(entry.is_archive for entry in entries)
    more = "; the packed files in it are not opened, so unpack them first" if has_archives else ""
    return f"No submissions in {name}: {_SUPPORTED}{more}."
