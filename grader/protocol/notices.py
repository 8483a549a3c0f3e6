"""The notices that a kernel may send about the student's notebook, and their texts in the report.

A kernel sends a notice as a code and a short detail. Only the codes listed here are accepted, so
the sentences of a report are always the grader's own.
"""

from collections.abc import Iterable

NOTICES: dict[str, str] = {}
"""Texts of the notices by code; ``{details}`` stands for the details of all notices of a code."""

MAX_NOTICES = 100
MAX_DETAIL = 60
"""Maximum number of notices in a run, and of characters of a detail."""


def checked_notices(sent: object) -> tuple[tuple[str, str], ...]:
    """Return the valid notices among what a kernel sent: pairs of a known code and a short text."""
    notices = sent[:MAX_NOTICES] if isinstance(sent, list) else []
    return tuple(
        (notice[0], notice[1][:MAX_DETAIL])
        for notice in notices
        if isinstance(notice, list)
        and [type(part) for part in notice] == [str, str]
        and notice[0] in NOTICES
        and notice[1][:MAX_DETAIL].isprintable()
    )


def notice_texts(notices: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return one sentence for each code, which names all its details."""
    details: dict[str, list[str]] = {}
    for code, detail in notices:
        details.setdefault(code, []).append(detail)
    return tuple(
        NOTICES[code].format(details=", ".join(filter(None, names)))
        for code, names in details.items()
    )
