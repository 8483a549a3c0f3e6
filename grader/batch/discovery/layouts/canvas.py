"""A Canvas download: ``lastname_12345_67890_name.ipynb``, with the student's and the file's id."""

import re
from collections import Counter
from dataclasses import dataclass, replace

from grader.batch.discovery.source import Entry, Tops, is_folder
from grader.batch.discovery.submission import Handed, Told

_UPLOADED = re.compile(
    r"(?P<name>.+?)_(?:(?P<late>LATE)_)?(?P<id>[0-9]{1,20})_(?P<file>[0-9]{1,20})_(?P<rest>.+)",
    re.DOTALL,
)
_ANONYMOUS = re.compile(
    r"(?:(?P<late>LATE)_)?(?P<name>anon)_(?P<id>[A-Za-z0-9]{1,20})_(?P<file>[0-9]{1,20})_(?P<rest>.+)",
    re.DOTALL,
)
_TYPED = re.compile(
    r"(?P<name>.+?)_(?:(?P<late>LATE)_)?(?P<id>[0-9]{1,20})_(?P<file>)(?P<rest>(?:text|link)\.html)",
    re.DOTALL,
)
_AGAIN = re.compile(r"(?P<first>.+)-(?P<time>[0-9]{1,6})(?P<suffix>\.[^.]+)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file by its name."""

    top: str
    student: str
    name: str
    late: bool
    file: str
    entry: Entry


def handed_in(tops: Tops) -> Told:
    """What Canvas's names tell.

    No two files have the same id: where most do, it is other people's names that look so.
    """
    files = [file for top, entries in tops.items() if (file := _file(top, entries)) is not None]
    ids = Counter(file.file for file in files if file.file)
    if sum(times for times in ids.values() if times > 1) * 2 > ids.total():
        return Told((), tops)
    groups: dict[tuple[str, str], list[_File]] = {}
    for file in files:
        groups.setdefault((file.student, file.name), []).append(file)
    handed = tuple(_handed(student, name, group) for (student, name), group in groups.items())
    named = {file.top for file in files}
    return Told(handed, {top: entries for top, entries in tops.items() if top not in named})


def _file(top: str, entries: tuple[Entry, ...]) -> _File | None:
    if is_folder(entries) and not entries[0].is_notebook:
        return None
    found = _ANONYMOUS.fullmatch(top) or _UPLOADED.fullmatch(top) or _TYPED.fullmatch(top)
    if found is None:
        return None
    name = found["name"]
    return _File(
        top=top,
        student=found["id"],
        name=f"{name}_{found['id']}" if name == "anon" else name,
        late=found["late"] is not None,
        file=found["file"],
        entry=replace(entries[0], parts=(found["rest"],)),
    )


def _handed(student: str, name: str, group: list[_File]) -> Handed:
    last = _last(group)
    return Handed(
        student=student,
        name=name,
        entries=tuple(file.entry for file in last),
        place=min(file.top for file in group),
        platform=True,
        late=any(file.late for file in last),
        notes=_notes(group, last),
    )


def _last(group: list[_File]) -> list[_File]:
    """The files that no later one replaces: ``lab-2.ipynb`` stands for ``lab.ipynb``, too.

    Without a ``lab.ipynb``, ``lab-1.ipynb`` and ``lab-2.ipynb`` are names like any other.
    """
    names = {file.entry.name for file in group}
    last: dict[str, tuple[int, int, _File]] = {}
    for file in group:
        again = _AGAIN.fullmatch(file.entry.name)
        first = f"{again['first']}{again['suffix']}" if again else file.entry.name
        if again is None or first not in names:
            first, time = file.entry.name, 0
        else:
            time = int(again["time"])
        found = (time, int(file.file or 0), file)
        if first not in last or found[:2] > last[first][:2]:
            last[first] = found
    return [file for _, _, file in last.values()]


def _notes(group: list[_File], last: list[_File]) -> tuple[str, ...]:
    earlier = len(group) - len(last)
    if not earlier:
        return ()
    kept = ", ".join(file.entry.called for file in last)
    return (f"Handed in more than once ({earlier} earlier files): the latest counts, {kept}.",)
