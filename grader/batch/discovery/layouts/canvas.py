"""A Canvas download: ``lastname_12345_67890_name.ipynb``, with the student's and the file's id."""

import re
from collections import Counter
from dataclasses import dataclass, replace

from grader.batch.discovery.source import FileEntry, TopLevel, is_folder
from grader.batch.discovery.student_files import GroupedFiles, StudentFiles

_UPLOADED = re.compile(
    r"(?P<name>.+?)_(?:(?P<late>LATE)_)?(?P<id>[0-9]{1,20})_(?P<file>[0-9]{1,20})_(?P<rest>.+)",
    re.DOTALL,
)
_ANONYMOUS = re.compile(
    r"(?:(?P<late>LATE)_)?(?P<name>anon)_(?P<id>[A-Za-z0-9]{1,20})_(?P<file>[0-9]{1,20})_(?P<rest>.+)",
    re.DOTALL,
)
_TYPED_IN = re.compile(
    r"(?P<name>.+?)_(?:(?P<late>LATE)_)?(?P<id>[0-9]{1,20})_(?P<file>)(?P<rest>(?:text|link)\.html)",
    re.DOTALL,
)
_RESUBMITTED = re.compile(r"(?P<first>.+)-(?P<attempt>[0-9]{1,6})(?P<suffix>\.[^.]+)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _CanvasFile:
    """A file whose name Canvas made."""

    top: str
    student: str
    name: str
    late: bool
    file_id: str
    entry: FileEntry


def group_by_student(tops: TopLevel) -> GroupedFiles:
    """Group the files that Canvas named by student.

    Canvas gives every file its own id: if most ids repeat, the names only look like Canvas's.
    """
    files = [file for top, entries in tops.items() if (file := _parse(top, entries)) is not None]
    ids = Counter(file.file_id for file in files if file.file_id)
    if sum(times for times in ids.values() if times > 1) * 2 > ids.total():
        return GroupedFiles((), tops)
    groups: dict[tuple[str, str], list[_CanvasFile]] = {}
    for file in files:
        groups.setdefault((file.student, file.name), []).append(file)
    students = tuple(
        _student_files(student, name, group) for (student, name), group in groups.items()
    )
    taken = {file.top for file in files}
    return GroupedFiles(students, {top: e for top, e in tops.items() if top not in taken})


def _parse(top: str, entries: tuple[FileEntry, ...]) -> _CanvasFile | None:
    if is_folder(entries) and not entries[0].is_notebook:
        return None
    match = _ANONYMOUS.fullmatch(top) or _UPLOADED.fullmatch(top) or _TYPED_IN.fullmatch(top)
    if match is None:
        return None
    name = match["name"]
    return _CanvasFile(
        top=top,
        student=match["id"],
        name=f"{name}_{match['id']}" if name == "anon" else name,
        late=match["late"] is not None,
        file_id=match["file"],
        entry=replace(entries[0], parts=(match["rest"],)),
    )


def _student_files(student: str, name: str, group: list[_CanvasFile]) -> StudentFiles:
    latest = _latest_attempt(group)
    return StudentFiles(
        student=student,
        name=name,
        entries=tuple(file.entry for file in latest),
        top=min(file.top for file in group),
        from_platform=True,
        late=any(file.late for file in latest),
        notes=_notes(group, latest),
    )


def _latest_attempt(group: list[_CanvasFile]) -> list[_CanvasFile]:
    """Return the files that no later one replaces: ``lab-2.ipynb`` replaces ``lab.ipynb``.

    Without a ``lab.ipynb``, ``lab-1.ipynb`` and ``lab-2.ipynb`` are just names.
    """
    names = {file.entry.name for file in group}
    latest: dict[str, tuple[int, int, _CanvasFile]] = {}
    for file in group:
        match = _RESUBMITTED.fullmatch(file.entry.name)
        first = f"{match['first']}{match['suffix']}" if match else file.entry.name
        if match is None or first not in names:
            first, attempt = file.entry.name, 0
        else:
            attempt = int(match["attempt"])
        candidate = (attempt, int(file.file_id or 0), file)
        if first not in latest or candidate[:2] > latest[first][:2]:
            latest[first] = candidate
    return [file for _, _, file in latest.values()]


def _notes(group: list[_CanvasFile], latest: list[_CanvasFile]) -> tuple[str, ...]:
    earlier = len(group) - len(latest)
    if not earlier:
        return ()
    names = ", ".join(file.entry.display_path for file in latest)
    return (f"Handed in more than once ({earlier} earlier files): the latest counts, {names}.",)
