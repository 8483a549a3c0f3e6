"""Tests of reading a platform's metadata on a submission, well-formed or not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.integrations.results.container import (
    SubmissionMetadata,
    from_environment,
    from_gradescope,
)

GRADESCOPE = {
    "id": 123456,
    "created_at": "2026-11-20T18:05:12.123456-08:00",
    "assignment": {
        "due_date": "2026-11-20T12:00:00.000000-08:00",
        "late_due_date": None,
        "total_points": "100.0",
    },
    "users": [{"email": "ann@x.edu", "id": 1, "name": "Ann O'Hara"}, {"email": "bo@x.edu"}],
}
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def read(**changes: Any) -> SubmissionMetadata:
    """Read a sample of Gradescope's file with changes."""
    return from_gradescope(json.dumps({**GRADESCOPE, **changes}).encode())


def test_students_are_named() -> None:
    """All members of a group are listed, by name if there is one, else by address."""
    assert read().student == "Ann O'Hara, bo@x.edu"
    assert read(users=[]).student is None


@pytest.mark.parametrize(
    ("created", "delay"),
    [
        ("2026-11-20T12:00:00-08:00", None),
        ("2026-11-20T20:00:30+00:00", "1 min"),
        ("2026-11-20T18:05:12-08:00", "6 h 5 min"),
        ("2026-11-23T15:00:00-08:00", "3 d 3 h"),
        ("2026-11-23T15:00:00", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_lateness_is_reported_without_a_penalty(created: str | None, delay: str | None) -> None:
    """Late penalties are the platform's; times without a UTC offset are ignored."""
    notes = read(created_at=created).notes
    assert notes == (
        (f"Handed in {delay} late; any late penalty is left to the platform.",) if delay else ()
    )


@given(JSON)
def test_unexpected_json_is_ignored(node: Any) -> None:
    """JSON of any other shape gives metadata without notes, and no exception."""
    found = from_gradescope(json.dumps(node).encode())
    assert found.notes == ()


@pytest.mark.parametrize("data", [b"", b"\xff", b"{" * 100_000, b'{"users": [1, null, {}]}'])
def test_invalid_json_is_ignored(data: bytes) -> None:
    """Truncated, non-UTF-8 and deeply nested files give empty metadata."""
    assert from_gradescope(data) == SubmissionMetadata()


def test_a_name_cannot_break_a_line() -> None:
    """Line breaks and control characters in names are escaped."""
    found = from_environment({"userId": "ann\n\x1b[31mscore 100"}, "userId").student
    assert found is not None
    assert "\n" not in found
    assert "\x1b" not in found
