"""Which layout it is; each told by its names, and the plainest where nothing tells."""

from collections.abc import Sequence

from grader.batch.discovery.layouts import canvas, gradescope, moodle, nbgrader
from grader.batch.discovery.layouts import plain_folder as plain
from grader.batch.discovery.source import Entry, Source, Tops, by_top, inside, is_folder
from grader.batch.discovery.submission import Handed
from grader.errors import SubmissionError
from grader.files.untrusted import shown


def handed_in(source: Source, name: str, assignment: str | None) -> tuple[Handed, ...]:
    """What everyone handed in.

    Args:
        source: A folder or a zip.
        name: What it is called.
        assignment: Of several that nbgrader collected.

    Raises:
        SubmissionError: The assignment is not there, or was not named.
    """
    entries: Sequence[Entry] = source.entries
    note: str | None = None
    while True:
        tops = by_top(entries)
        if gradescope.fits(tops):
            _refuse(assignment)
            return gradescope.handed_in(tops, source.read)
        if nbgrader.fits(tops, name):
            return nbgrader.handed_in(tops, assignment, source.read)
        wrapper = _wrapper(tops)
        if wrapper is None:
            _refuse(assignment)
            return _by_names(tops, note)
        note = f"Each notebook in the folder {shown(wrapper)} was taken for one student's."
        name, entries = wrapper, _unwrapped(tops, wrapper)


def _refuse(assignment: str | None) -> None:
    if assignment is not None:
        raise SubmissionError(
            "--assignment is for what nbgrader collected, and this is not laid out as that is: "
            "leave it out."
        )


def _by_names(tops: Tops, note: str | None) -> tuple[Handed, ...]:
    """Each by the platform whose name it has."""
    by_moodle, rest = moodle.handed_in(tops)
    by_canvas, rest = canvas.handed_in(rest)
    return (*by_moodle, *by_canvas, *plain.handed_in(rest, note=note))


def _wrapper(tops: Tops) -> str | None:
    """A folder that holds all submissions, and is itself no student's."""
    submitted = tops.get(nbgrader.SUBMITTED, ())
    if nbgrader.fits(by_top(inside(submitted)), nbgrader.SUBMITTED):
        return nbgrader.SUBMITTED
    sound = [top for top, entries in tops.items() if not _is_in_trouble(entries)]
    return sound[0] if len(sound) == 1 and _wraps(sound[0], tops[sound[0]]) else None


def _wraps(name: str, top: tuple[Entry, ...]) -> bool:
    """Whether several students' work is in it, and not several files of one student."""
    within = by_top(inside(top))
    if top[0].is_notebook or moodle.handed_in({name: top}).handed:
        return False
    named = moodle.handed_in(within).handed or canvas.handed_in(within).handed
    if named or gradescope.fits(within) or _wrapper(within) is not None:
        return True
    holding = [t for t in within.values() if any(entry.is_notebook for entry in t)]
    folders = [t for t in within.values() if is_folder(t)]
    return len(holding) > 1 or (len(folders) > 1 and all(map(is_folder, holding)))


def _is_in_trouble(top: tuple[Entry, ...]) -> bool:
    """Whether nothing of it can be read, so that it tells nothing."""
    files = [entry for entry in top if not entry.folder or entry.trouble is not None]
    return bool(files) and all(entry.trouble is not None for entry in files)


def _unwrapped(tops: Tops, wrapper: str) -> tuple[Entry, ...]:
    """What is in the wrapper, and what cannot be read beside it."""
    others = (e for top, e in tops.items() if top != wrapper and _is_in_trouble(e))
    return (*inside(tops[wrapper]), *(entry for entries in others for entry in entries))
