"""Whose row a submission is: by its key, else by its name; where two fit, nobody guesses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.integrations.gradebooks.matching import Person, match
from grader.integrations.gradebooks.student_keys import key, neutral, words
from tests.integrations.gradebooks.rosters import grade
from tests.render.hostile import TEXTS

anything = st.text(st.characters(exclude_categories=[]), max_size=20) | st.sampled_from(TEXTS)


def person(row: int, *keys: str, name: str = "") -> Person:
    """A row of a roster."""
    return Person(row=row, keys=keys, name=name)


ADA = person(1, "1001", "S1", "ada@uni.example", name="Lovelace, Ada")
BO = person(2, "1002", "S2", "bo@uni.example", name="O'Brien, Bo")


@pytest.mark.parametrize(
    ("student", "name"),
    [
        ("1001", ""),
        ("S1", "Somebody Else"),
        ("ADA@uni.example", ""),
        ("Ada Lovelace", ""),
        ("lovelace_ada", ""),
        ("x9", "Lovelace, Ada"),
        ("x9", "ADA  LOVELACE"),
    ],
)
def test_a_key_or_else_a_name(student: str, name: str) -> None:
    """Ids before names; case, order and what stands between words make no other person."""
    found = match([grade(student, name=name)], [ADA, BO])
    assert (set(found.grades), found.absent, found.doubtful) == ({1}, (BO,), ())


@pytest.mark.parametrize("student", ["01001", "1001.0", "ad", "Ada", "Adal Ovelace", "", "S"])
def test_nearly_is_not(student: str) -> None:
    """A leading zero, a part of a name or a space at another place is another student."""
    found = match([grade(student)], [ADA, BO])
    assert (found.grades, [g.student for g in found.alone]) == ({}, [student])


def test_accents_are_one_letter_however_they_are_written() -> None:
    """Some systems write ü as two characters; u is another letter."""
    row = person(1, "Mu\u0308ller", name="Zo\u00eb Mu\u0308ller")
    assert match([grade("M\u00fcller")], [row]).grades
    assert match([grade("x", name="M\u00fcller, Zoe\u0308")], [row]).grades
    assert not match([grade("Muller")], [row]).grades


def test_two_rows_for_one_are_listed() -> None:
    """The same name or the same key twice: neither row has a number."""
    twins = [person(1, "7", name="Lee, Sam"), person(2, "8", name="Sam Lee"), person(3, "7")]
    found = match([grade("x", name="Sam Lee"), grade("7")], twins)
    assert found.grades == {}
    assert [line.split(" fits")[0] for line in found.doubtful] == ["x (Sam Lee)", "7"]


def test_a_name_in_its_own_order_is_surer() -> None:
    """James Thomas is not Thomas James where both are there."""
    rows = [person(1, "7", name="Thomas, James"), person(2, "8", name="James, Thomas")]
    assert set(match([grade("x", name="James Thomas")], rows).grades) == {1}


def test_the_same_letters_are_surer_than_the_same_but_for_case() -> None:
    """Two keys that differ in case alone stay two."""
    found = match([grade("AB"), grade("ab")], [person(1, "ab"), person(2, "AB")])
    assert {row: g.student for row, g in found.grades.items()} == {1: "ab", 2: "AB"}
    assert match([grade("Ab")], [person(1, "ab"), person(2, "AB")]).doubtful


def test_two_submissions_for_a_row_are_listed() -> None:
    """Also where one has the key with a number after it, as batches call the second."""
    found = match([grade("1001", 9.0), grade("1001 #2"), grade("1002")], [ADA, BO])
    assert set(found.grades) == {2}
    (line,) = found.doubtful
    assert line == "1001 (Lovelace, Ada) has several submissions: 1001; 1001 #2"
    assert found.absent == ()


@given(
    st.lists(st.sampled_from("abAB12"), max_size=5), st.lists(st.sampled_from("abAB12"), max_size=4)
)
def test_nobody_is_lost(students: list[str], keys: list[str]) -> None:
    """A submission is in a row, alone, or in a line of doubt; a row has one submission at most."""
    rows = [person(i, k) for i, k in enumerate(keys)]
    grades = [grade(student) for student in students]
    found = match(grades, rows)
    placed = [*found.grades.values(), *found.alone]
    for one in grades:
        assert one in placed or any(one.student in line for line in found.doubtful)
    assert {p.row for p in found.absent}.isdisjoint(found.grades)


@given(anything)
def test_what_is_neutral_stays(text: str) -> None:
    """Nothing runs in a spreadsheet, a second time changes nothing, and it is the same key."""
    once = neutral(text)
    assert neutral(once) == once
    assert key(once) == key(text)
    assert words(once) == words(text)
