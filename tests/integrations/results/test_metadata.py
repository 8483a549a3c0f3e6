"""What a platform says about a submission, in whatever shape it comes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.integrations.results.container import Metadata, of_environment, of_gradescope

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


def read(**changes: Any) -> Metadata:
    """Gradescope's file with changes."""
    return of_gradescope(json.dumps({**GRADESCOPE, **changes}).encode())


def test_students_are_named() -> None:
    """Every member of a group, by name where there is one."""
    assert read().student == "Ann O'Hara, bo@x.edu"
    assert read(users=[]).student is None


@pytest.mark.parametrize(
    ("created", "said"),
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
def test_lateness_is_told_and_costs_nothing_here(created: str | None, said: str | None) -> None:
    """What it costs is the platform's affair; a time without an offset says nothing."""
    notes = read(created_at=created).notes
    assert notes == ((f"Handed in {said} late; nothing is taken off here.",) if said else ())


@given(JSON)
def test_any_other_json_is_no_failure(node: Any) -> None:
    """What cannot be read is not known."""
    found = of_gradescope(json.dumps(node).encode())
    assert found.notes == ()


@pytest.mark.parametrize("data", [b"", b"\xff", b"{" * 100_000, b'{"users": [1, null, {}]}'])
def test_what_is_no_json_is_no_failure(data: bytes) -> None:
    """Neither is a file that is cut short, or nested without end."""
    assert of_gradescope(data) == Metadata()


def test_a_name_cannot_break_a_line() -> None:
    """Names are shown as text on one line."""
    found = of_environment({"userId": "ann\n\x1b[31mscore 100"}, "userId").student
    assert found is not None
    assert "\n" not in found
    assert "\x1b" not in found
