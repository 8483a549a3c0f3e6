"""A folder of notebooks, or of one folder per student: students are known by these names alone."""

import re

from grader.batch.discovery.source import FileEntry, TopLevel, is_folder, strip_top
from grader.batch.discovery.student_files import StudentFiles

_SUBMITTED_SUFFIX = re.compile(
    r"\.(?:ipynb.*|py|html?|pdf|docx|zip|7z|rar|tgz|tar|(?:tar\.)?(?:gz|bz2|xz))\Z",
    re.IGNORECASE | re.DOTALL,
)
"""Notebooks, and what students submit by mistake; lists and texts are probably the course's."""


def group_by_student(tops: TopLevel, *, note: str | None = None) -> tuple[StudentFiles, ...]:
    """Make one submission of each folder, and one of all files with the same base name.

    Args:
        tops: The top-level files and folders; files that students do not submit are ignored.
        note: A note for submissions that are files.
    """
    notes = (note,) if note is not None else ()
    files: dict[str, list[FileEntry]] = {}
    students: list[StudentFiles] = []
    for top, entries in tops.items():
        name, suffix = _split_suffix(top)
        if not is_folder(entries) and suffix:
            files.setdefault(name, []).extend(entries)
        elif is_folder(entries):
            key = name if entries[0].is_notebook else top
            students.append(
                StudentFiles(student=key, name=key, entries=strip_top(entries), top=top)
            )
        elif entries[0].problem is not None:
            students.append(StudentFiles(student=top, name=top, entries=entries, top=top))
    return (
        *students,
        *(
            StudentFiles(student=key, name=key, entries=tuple(e), top=e[0].name, notes=notes)
            for key, e in files.items()
        ),
    )


def _split_suffix(top: str) -> tuple[str, str]:
    """Split a name into a student's key and a suffix that students submit."""
    match = _SUBMITTED_SUFFIX.search(top, 1)
    return (top[: match.start()], match.group(0)) if match else (top, "")
