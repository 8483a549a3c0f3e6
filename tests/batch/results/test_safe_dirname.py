"""A student's folder: any key has one, and no two keys have the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.results.store import RESERVED, folder_name

KEYS = st.one_of(
    st.text(max_size=200),
    st.text("aAbB.-_ #2é\ud800", max_size=6),
    st.sampled_from([*RESERVED, "", ".", "..", "a/b", "=cmd|x", "\udcff", "con.txt"]),
)


@given(KEYS)
def test_it_is_a_name_anywhere(student: str) -> None:
    """Plain letters, 80 bytes, nothing that Windows keeps for itself, nothing like a file's."""
    name = folder_name(student)
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,79}", name)
    assert name.lower() not in RESERVED
    assert folder_name(student) == name


@given(KEYS, KEYS)
def test_no_two_are_alike(one: str, other: str) -> None:
    """Nor where upper and lower case are one; nor is it another's whom it is the key of."""
    names = {folder_name(key).lower() for key in {one, other, folder_name(one)}}
    assert len(names) == len({one, other, folder_name(one)})


def test_case_makes_another_student() -> None:
    """And another folder where a disk knows no case."""
    assert len({folder_name(key).lower() for key in ("ada", "Ada", "ADA")}) == 3


@pytest.mark.parametrize("student", ["91", "ada", "ada_lovelace-2", "x" * 63])
def test_plain_keys_stay(student: str) -> None:
    """Ids and user names can be read in a list of folders."""
    assert folder_name(student) == student


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
    """And have a digest of the whole."""
    assert re.fullmatch(re.escape(start) + "[0-9a-f]{16}", folder_name(student))
