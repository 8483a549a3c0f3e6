"""Finding the submissions in what an instructor has: a folder or a zip, in any known layout."""

import stat
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path

from grader.batch.discovery.choose_notebook import choose
from grader.batch.discovery.folder import Folder
from grader.batch.discovery.layouts.detect import handed_in
from grader.batch.discovery.source import Entry, Source
from grader.batch.discovery.submission import Found, Handed
from grader.batch.discovery.zip_archive import Archive
from grader.errors import SubmissionError
from grader.files.untrusted import ReadingError, TooLargeError, shown
from grader.rubric.model import Limits

_LOOKED_FOR = (
    "looked for notebooks (.ipynb), one each or in a folder a student, for nbgrader's submitted/, "
    "and for a download from Canvas, Moodle or Gradescope"
)
_MAX_LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a submission is judged by before it is graded."""

    names: frozenset[str]
    """The lab's functions: of several notebooks, the one that has most of them is graded."""
    limits: Limits
    """Size limits of a notebook."""
    assignment: str | None = None
    """Which one to grade where nbgrader collected several."""


def find_submissions(
    path: Path, into: Path, wanted: Wanted, *, skip: Path | None = None
) -> tuple[Found, ...]:
    """Find everyone's submission; nobody is left out, whatever they handed in.

    Args:
        path: A folder or a zip.
        into: A private folder, for the notebooks of a zip.
        wanted: What is looked for.
        skip: A folder that may be in the folder and holds no submissions: the results.

    Returns:
        One for each student, in the order of their keys.

    Raises:
        SubmissionError: There is none, or it cannot be told what is whose.
        GraderError: A notebook of a zip could not be written.
    """
    name = shown(str(path))
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:  # the latter for a NUL in its name
        why = getattr(error, "strerror", None) or "no file has such a name"
        raise SubmissionError(f"Cannot read {name}: {why}.") from error
    folder = stat.S_ISDIR(mode)
    if not folder and not stat.S_ISREG(mode):
        raise SubmissionError(f"{name} is neither a folder nor a file: give one of them.")
    with ExitStack() as stack:
        source: Source = (
            Folder(path, skip=skip) if folder else stack.enter_context(closing(Archive(path, into)))
        )
        called = path.resolve().name if folder else path.stem
        handed = handed_in(source, called, wanted.assignment)
        if not any(one.platform or any(e.is_notebook for e in one.entries) for one in handed):
            raise SubmissionError(_nothing(name, source.entries))
        return tuple(_found(one, source, wanted) for one in _apart(handed))


def _apart(handed: Sequence[Handed]) -> list[Handed]:
    """Submissions in the order of their students' keys, no two of which are alike."""
    taken = {one.student for one in handed}
    groups: dict[str, list[Handed]] = {}
    for one in sorted(handed, key=lambda one: (one.student, one.place, one.name)):
        groups.setdefault(one.student, []).append(one)
    apart: list[Handed] = []
    for student, group in groups.items():
        free = (key for n in count(2) if (key := f"{student} #{n}") not in taken)
        keys = [student, *islice(free, len(group) - 1)]
        listing = ", ".join(map(shown, keys[:_MAX_LISTED])) + ", …" * (len(keys) > _MAX_LISTED)
        note = (f"{len(group)} submissions have this key: graded as {listing}.",)
        apart += [
            replace(one, student=key, notes=(*one.notes, *note) if len(group) > 1 else one.notes)
            for one, key in zip(group, keys, strict=True)
        ]
    return sorted(apart, key=lambda one: one.student)


def _found(one: Handed, source: Source, wanted: Wanted) -> Found:
    """The notebook that is graded, or why there is none."""
    notebook, refusal, notes = None, one.refusal, one.notes
    if refusal is None:
        limit = wanted.limits.file_mb * 2**20
        choice = choose(
            one.entries, lambda entry: source.read(entry, limit), wanted.names, wanted.limits
        )
        refusal, notes = choice.refusal, (*notes, *choice.notes)
        if choice.entry is not None:
            try:
                notebook = source.keep(choice.entry, limit)
            except ReadingError as error:
                refusal = _refusal(choice.entry, error)
    return Found(
        student=one.student,
        name=one.name,
        notebook=notebook,
        refusal=refusal,
        late=one.late,
        submitted=one.submitted,
        notes=notes,
    )


def _refusal(entry: Entry, error: ReadingError) -> str:
    if isinstance(error, TooLargeError):
        return f"{entry.called} is too large: {error}: clear the outputs and save it again."
    return f"{entry.called} cannot be read: {error}."


def _nothing(name: str, entries: Sequence[Entry]) -> str:
    """What to say of a folder or zip without a submission."""
    packed = any(entry.is_archive for entry in entries)
    more = "; the packed files in it are not opened, so unpack them first" if packed else ""
    return f"No submissions in {name}: {_LOOKED_FOR}{more}."
