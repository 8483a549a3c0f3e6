"""A Moodle download: ``Full Name_12345_assignsubmission_file_``, of a folder or before a name."""

import re
from collections import Counter
from dataclasses import replace

from grader.batch.discovery.source import Entry, Tops, inside, is_folder
from grader.batch.discovery.submission import Handed, Told

_PREFIX = r"(?P<name>.+?)(?:_(?P<id>[0-9]{1,20}))?_assignsubmission_[a-z]+"
_FOLDER = re.compile(_PREFIX + r"_?", re.DOTALL)
_FILE = re.compile(_PREFIX + r"_(?P<rest>.+)", re.DOTALL)


def handed_in(tops: Tops) -> Told:
    """What Moodle's names tell.

    A student's files and online text are in folders of their own and belong together. A group's
    folder has the group's id, and that of all who are in no group has none.
    """
    groups: dict[tuple[str, str], dict[str, tuple[Entry, ...]]] = {}
    for top, entries in tops.items():
        found = (_FOLDER if is_folder(entries) else _FILE).fullmatch(top)
        if found is not None:
            files = (
                inside(entries)
                if is_folder(entries)
                else tuple(replace(entry, parts=(found["rest"],)) for entry in entries)
            )
            who = found["id"] or found["name"], found["name"]
            groups.setdefault(who, {})[top] = files
    alike = Counter(name for _, name in groups)  # while names are hidden, all are Participant
    handed = tuple(
        Handed(
            student=student,
            name=f"{name} {student}" if alike[name] > 1 else name,
            entries=tuple(entry for files in members.values() for entry in files),
            place=min(members),
            platform=True,
        )
        for (student, name), members in groups.items()
    )
    named = {top for members in groups.values() for top in members}
    return Told(handed, {top: entries for top, entries in tops.items() if top not in named})
