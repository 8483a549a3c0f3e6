"""A Gradescope export: ``submission_…`` folders, and a metadata file that says whose they are.

``submission_metadata.yml`` is mostly autograder output, which may be long and is shaped by
students. So it is not parsed as YAML as a whole: a submission's block begins at the left margin,
its keys are indented once, and only the list of its submitters is parsed.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import yaml

from grader.batch.discovery.layouts import plain_folder
from grader.batch.discovery.layouts.timestamps import parse_timestamp
from grader.batch.discovery.source import FileEntry, TopLevel, is_folder, strip_top
from grader.batch.discovery.student_files import StudentFiles
from grader.files.escape import printable
from grader.files.untrusted import FileReadError
from grader.files.yaml_subset import YamlSubsetError, parse_nodes

METADATA = "submission_metadata.yml"
_MAX_METADATA_BYTES = 2**26
_MAX_SUBMITTER_LINES = 500
"""Maximum number of lines that list one submission's submitters: enough for a hundred people."""
_MAX_LISTED = 5
_FOLDER_LINE = re.compile(r"""(?P<quote>['"]?)(?P<folder>[^'"#%\s-].*?)(?P=quote):\s*""")
_FIELD_LINE = re.compile(r"(?P<indent> *):?(?P<field>submitters|created_at):(?:\s+(?P<value>.*))?")
ReadEntry = Callable[[FileEntry, float], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitter:
    """One of the people who submitted a notebook together."""

    sid: str = ""
    email: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionMetadata:
    """Metadata of one submission."""

    submitters: tuple[Submitter, ...] = ()
    """Empty if they cannot be read."""
    created: datetime | None = None


def matches(tops: TopLevel) -> bool:
    """Return True if the files are a Gradescope export."""
    return METADATA in tops and not is_folder(tops[METADATA])


def group_by_student(tops: TopLevel, read: ReadEntry) -> tuple[StudentFiles, ...]:
    """Group files by student; a group's submission is each of its members' submission."""
    try:
        metadata = read_submissions(read(tops[METADATA][0], _MAX_METADATA_BYTES))
        unknown = f"{METADATA} does not say whose it is."
    except FileReadError as error:
        metadata = {}
        unknown = f"{METADATA} cannot be read ({error}), so nobody knows whose it is."
    others = {top: e for top, e in tops.items() if top not in metadata and top != METADATA}
    students: list[StudentFiles] = []
    for top, submission in metadata.items():
        students += _students(top, tops.get(top), submission, unknown)
    for top, entries in others.items():
        if is_folder(entries):
            students += _students(top, entries, SubmissionMetadata(), unknown)
    files = {top: entries for top, entries in others.items() if not is_folder(entries)}
    return (*students, *plain_folder.group_by_student(files, note=unknown))


def _students(
    top: str, entries: tuple[FileEntry, ...] | None, submission: SubmissionMetadata, unknown: str
) -> list[StudentFiles]:
    people = submission.submitters or (Submitter(),)
    within = () if entries is None else strip_top(entries) if is_folder(entries) else entries
    return [
        StudentFiles(
            student=person.sid or person.email or person.name or top,
            name=person.name or person.email or person.sid or top,
            entries=within,
            top=top,
            from_platform=True,
            submitted=submission.created,
            refusal=f"The export has no folder {printable(top)}." if entries is None else None,
            notes=_group_members(person, people) if submission.submitters else (unknown,),
        )
        for person in people
    ]


def _group_members(person: Submitter, people: tuple[Submitter, ...]) -> tuple[str, ...]:
    """Return a note that names the other members of a person's group."""
    names = [
        printable(other.name or other.email or other.sid) for other in people if other != person
    ]
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    return (f"Handed in together with {', '.join(names[:_MAX_LISTED])}{more}.",) if names else ()


def read_submissions(data: bytes) -> dict[str, SubmissionMetadata]:
    """Parse a metadata file, by the submissions' folder names; other files give nothing."""
    return {folder: _parse_block(lines) for folder, lines in _submission_blocks(data)}


def _submission_blocks(data: bytes) -> Iterator[tuple[str, list[str]]]:
    """Yield each key at the left margin with the lines below it."""
    folder, lines = "", list[str]()
    for raw in io.BytesIO(data):  # splits at \n only: students' output has other line ends
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        match = _FOLDER_LINE.fullmatch(line)
        if match is None:
            lines.append(line)
            continue
        if folder:
            yield folder, lines
        folder, lines = match["folder"], []
    if folder:
        yield folder, lines


def _parse_block(lines: list[str]) -> SubmissionMetadata:
    step = next((_indent(line) for line in lines if line.strip()), 0)
    created: datetime | None = None
    submitters: list[str] = []
    field = ""
    for line in lines:
        if _indent(line) == step and not line[step:].startswith("-"):
            match = _FIELD_LINE.fullmatch(line.rstrip())
            field = match["field"] if match else ""
            if field == "created_at" and match:
                created = parse_timestamp(match["value"] or "")
        elif field == "submitters" and line.strip():
            submitters.append(line)
    return SubmissionMetadata(submitters=tuple(_parse_submitters(submitters)), created=created)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _parse_submitters(lines: list[str]) -> Iterator[Submitter]:
    """Parse the list of submitters; scalars stay text, so that an id of 007 keeps its zeros."""
    try:
        tree = parse_nodes("\n".join(lines)) if len(lines) <= _MAX_SUBMITTER_LINES else None
    except YamlSubsetError:
        return
    people = tree.value if isinstance(tree, yaml.SequenceNode) else []
    for person in people:
        if isinstance(person, yaml.MappingNode):
            values = {
                str(key.value).lstrip(":"): value.value.strip()
                for key, value in person.value
                if isinstance(value, yaml.ScalarNode) and not value.tag.endswith(":null")
            }
            fields = {name: values.get(name, "") for name in ("sid", "email", "name")}
            if any(fields.values()):
                yield Submitter(**fields)
