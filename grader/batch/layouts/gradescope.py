"""A Gradescope export: ``submission_…`` folders, and a file that says whose they are."""

from collections.abc import Callable

from grader.batch.entries import Entry, Tops, inside, is_folder
from grader.batch.layouts import plain
from grader.batch.layouts.gradescope_metadata import Record, Submitter, records
from grader.batch.layouts.handed import Handed
from grader.reading import ReadingError, shown

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
