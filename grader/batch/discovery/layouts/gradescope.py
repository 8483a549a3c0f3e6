"""A Gradescope export: ``submission_…`` folders, and a file that says whose they are."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import yaml

from grader.batch.discovery.layouts import plain_folder as plain
from grader.batch.discovery.layouts.timestamps import moment
from grader.batch.discovery.source import Entry, Tops, inside, is_folder
from grader.batch.discovery.submission import Handed
from grader.files.untrusted import ReadingError, shown
from grader.files.yaml_subset import PlainYamlError, plain_tree

# MERGED: Gradescope's ``submission_metadata.yml``: who handed in which folder, and when.  The file is mostly what autograders said, which may be long and is the students' to shape. So it is not read as a whole: a submission's block begins at the left edge, its keys are one step in, and only the text of its submitters is read as YAML.
_KEY = re.compile(r"""(?P<quote>['"]?)(?P<key>[^'"#%\s-].*?)(?P=quote):\s*""")
_FIELD = re.compile(r"(?P<indent> *):?(?P<field>submitters|created_at):(?:\s+(?P<value>.*))?")
_MAX_LINES = 500
"""Of one submission's submitters: a hundred people hand in nothing together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitter:
    """One of those who handed it in."""

    sid: str = ""
    email: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One submission."""

    submitters: tuple[Submitter, ...] = ()
    """None where they cannot be read."""
    created: datetime | None = None


def records(data: bytes) -> dict[str, Record]:
    """Submissions by their folders' names; a file that is not Gradescope's has none."""
    return {folder: _record(lines) for folder, lines in _blocks(data)}


def _blocks(data: bytes) -> Iterator[tuple[str, list[str]]]:
    """Each key at the left edge with the lines below it."""
    folder, lines = "", list[str]()
    for raw in io.BytesIO(data):  # ends a line at a newline only: students' output has other marks
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        found = _KEY.fullmatch(line)
        if found is None:
            lines.append(line)
            continue
        if folder:
            yield folder, lines
        folder, lines = found["key"], []
    if folder:
        yield folder, lines


def _record(lines: list[str]) -> Record:
    step = next((_indent(line) for line in lines if line.strip()), 0)
    created: datetime | None = None
    submitters: list[str] = []
    field = ""
    for line in lines:
        if _indent(line) == step and not line[step:].startswith("-"):
            found = _FIELD.fullmatch(line.rstrip())
            field = found["field"] if found else ""
            if field == "created_at" and found:
                created = moment(found["value"] or "")
        elif field == "submitters" and line.strip():
            submitters.append(line)
    return Record(submitters=tuple(_submitters(submitters)), created=created)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _submitters(lines: list[str]) -> Iterator[Submitter]:
    """Each of them, in their own words: an id that looks like a number is one of its spellings."""
    try:
        tree = plain_tree("\n".join(lines)) if len(lines) <= _MAX_LINES else None
    except PlainYamlError:
        return
    people = tree.value if isinstance(tree, yaml.SequenceNode) else []
    for person in people:
        if isinstance(person, yaml.MappingNode):
            said = {
                str(key.value).lstrip(":"): value.value.strip()
                for key, value in person.value
                if isinstance(value, yaml.ScalarNode) and not value.tag.endswith(":null")
            }
            fields = {name: said.get(name, "") for name in ("sid", "email", "name")}
            if any(fields.values()):
                yield Submitter(**fields)


METADATA = "submission_metadata.yml"
_LARGEST = 2**26
_MAX_LISTED = 5
Read = Callable[[Entry, float], bytes]


def fits(tops: Tops) -> bool:
    """Whether it is an export of Gradescope's."""
    return METADATA in tops and not is_folder(tops[METADATA])


def handed_in(tops: Tops, read: Read) -> tuple[Handed, ...]:
    """Everyone's submission; what a group handed in is each one's of them."""
    try:
        known = records(read(tops[METADATA][0], _LARGEST))
        unknown = f"{METADATA} does not say whose it is."
    except ReadingError as error:
        known, unknown = {}, f"{METADATA} cannot be read ({error}), so nobody knows whose it is."
    others = {top: e for top, e in tops.items() if top not in known and top != METADATA}
    found: list[Handed] = []
    for top, record in known.items():
        found += _handed(top, tops.get(top), record, unknown)
    for top, entries in others.items():
        if is_folder(entries):
            found += _handed(top, entries, Record(), unknown)
    files = {top: entries for top, entries in others.items() if not is_folder(entries)}
    return (*found, *plain.handed_in(files, note=unknown))


def _handed(
    top: str, entries: tuple[Entry, ...] | None, record: Record, unknown: str
) -> list[Handed]:
    people = record.submitters or (Submitter(),)
    within = () if entries is None else inside(entries) if is_folder(entries) else entries
    return [
        Handed(
            student=person.sid or person.email or person.name or top,
            name=person.name or person.email or person.sid or top,
            entries=within,
            place=top,
            platform=True,
            submitted=record.created,
            refusal=f"The export has no folder {shown(top)}." if entries is None else None,
            notes=_company(person, people) if record.submitters else (unknown,),
        )
        for person in people
    ]


def _company(person: Submitter, people: tuple[Submitter, ...]) -> tuple[str, ...]:
    """Who else handed it in."""
    names = [shown(other.name or other.email or other.sid) for other in people if other != person]
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    return (f"Handed in together with {', '.join(names[:_MAX_LISTED])}{more}.",) if names else ()
