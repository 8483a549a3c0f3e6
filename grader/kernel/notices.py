"""Records which differences between the student's machine and the grader's a notebook has met.

The driver passes them on, and the grader turns each into a note of the report
(`grader.protocol.notices`). They are information only: no point depends on them.
"""

from grader.protocol.notices import MAX_NOTICES, NOTICES

_recorded: dict[tuple[str, str], None] = {}


def record_notice(code: str, detail: str = "") -> None:
    """Record that something in `NOTICES` has happened; the same notice is recorded once.

    Args:
        code: A key of `NOTICES`.
        detail: A name for the notice's text, such as a device's or a package's.
    """
    if code in NOTICES and len(_recorded) < MAX_NOTICES:
        _recorded[code, detail] = None


def recorded_notices() -> list[list[str]]:
    """Return all notices recorded so far, as pairs of code and detail."""
    return [list(pair) for pair in _recorded]
