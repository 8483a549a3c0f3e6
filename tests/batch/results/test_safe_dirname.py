"""Directory names for students: every key has one, and no two keys share one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.results.store import RESERVED, safe_dirname

KEYS = st.one_of(
    st.text(max_size=200),
    st.text("aAbB.-_ #2é\ud800", max_size=6),
    st.sampled_from([*RESERVED, "", ".", "..", "a/b", "=cmd|x", "\udcff", "con.txt"]),
)


@given(KEYS)
def test_the_name_is_safe_everywhere(student: str) -> None:
    """A name has safe characters, at most 80 bytes, no dot, and is not reserved by Windows."""
    name = safe_dirname(student)
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,79}", name)
    assert name.lower() not in RESERVED
    assert safe_dirname(student) == name


@given(KEYS, KEYS)
def test_no_two_students_share_a_name(one: str, other: str) -> None:
    """Names differ even without case, and no name generated for a key is another key's own."""
    names = {safe_dirname(key).lower() for key in {one, other, safe_dirname(one)}}
    assert len(names) == len({one, other, safe_dirname(one)})


def test_case_makes_another_student() -> None:
    """Keys that differ only in case get names that differ without case."""
    assert len({safe_dirname(key).lower() for key in ("ada", "Ada", "ADA")}) == 3


@pytest.mark.parametrize("student", ["91", "ada", "ada_lovelace-2", "x" * 63])
def test_plain_keys_stay(student: str) -> None:
    """Ids and user names stay readable in a list of folders."""
    assert safe_dirname(student) == student


@pytest.mark.parametrize(
    ("student", "start"),
    [
        ("Ada Lovelace", "Ada_Lovelace-"),
        ("Zoë", "Zoe-"),
        ("李", "student-"),
        ("gradebook.csv", "gradebook_csv-"),
        ("con", "con-"),
        ("x" * 64, "x" * 60 + "-"),
        ("-rf", "rf-"),
    ],
)
def test_other_keys_keep_what_is_plain(student: str, start: str) -> None:
    """Other keys keep their safe characters and get a digest of the whole key."""
    assert re.fullmatch(re.escape(start) + "[0-9a-f]{16}", safe_dirname(student))
