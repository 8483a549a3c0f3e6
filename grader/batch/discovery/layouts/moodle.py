"""A Moodle download: ``Full Name_12345_assignsubmission_file_`` as a folder or before a name."""

import re
from collections import Counter
from dataclasses import replace

from grader.batch.discovery.source import FileEntry, TopLevel, is_folder, strip_top
from grader.batch.discovery.student_files import GroupedFiles, StudentFiles

_PREFIX = r"(?P<name>.+?)(?:_(?P<id>[0-9]{1,20}))?_assignsubmission_[a-z]+"
_FOLDER = re.compile(_PREFIX + r"_?", re.DOTALL)
_FILE = re.compile(_PREFIX + r"_(?P<rest>.+)", re.DOTALL)


def group_by_student(tops: TopLevel) -> GroupedFiles:
    """Group the files that Moodle named by student.

    A student's files and online text lie in separate folders and belong together. A group's folder
    has the group's id; the folder of everyone without a group has no id.
    """
    groups: dict[tuple[str, str], dict[str, tuple[FileEntry, ...]]] = {}
    for top, entries in tops.items():
        match = (_FOLDER if is_folder(entries) else _FILE).fullmatch(top)
        if match is not None:
            files = (
                strip_top(entries)
                if is_folder(entries)
                else tuple(replace(entry, parts=(match["rest"],)) for entry in entries)
            )
            student = match["id"] or match["name"], match["name"]
            groups.setdefault(student, {})[top] = files
    # With anonymous marking everyone's name is "Participant".
    times = Counter(name for _, name in groups)
    students = tuple(
        StudentFiles(
            student=student,
            name=f"{name} {student}" if times[name] > 1 else name,
            entries=tuple(entry for files in members.values() for entry in files),
            top=min(members),
            from_platform=True,
        )
        for (student, name), members in groups.items()
    )
    taken = {top for members in groups.values() for top in members}
    return GroupedFiles(students, {top: e for top, e in tops.items() if top not in taken})
