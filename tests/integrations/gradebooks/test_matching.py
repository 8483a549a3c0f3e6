"""Tests of matching submissions with rows by key or name, without guessing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.integrations.gradebooks.matching import RosterRow, match
from grader.integrations.gradebooks.student_keys import (
    escape_formula_once,
    name_words,
    normalize_cell_key,
)
from tests.integrations.gradebooks.rosters import grade
from tests.render.hostile import TEXTS

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=20) | st.sampled_from(TEXTS)


def person(row: int, *keys: str, name: str = "") -> RosterRow:
    """Build a roster's row."""
    return RosterRow(row=row, keys=keys, name=name)


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
def test_a_submission_matches_by_key_or_name(student: str, name: str) -> None:
    """Keys take precedence over names; case, word order and separators are ignored."""
    found = match([grade(student, name=name)], [ADA, BO])
    assert (set(found.grades), found.without_submission, found.ambiguous) == ({1}, (BO,), ())


@pytest.mark.parametrize("student", ["01001", "1001.0", "ad", "Ada", "Adal Ovelace", "", "S"])
def test_similar_keys_do_not_match(student: str) -> None:
    """A leading zero, a part of a name or a space in another place makes another student."""
    found = match([grade(student)], [ADA, BO])
    assert (found.grades, [g.student for g in found.unmatched]) == ({}, [student])


def test_composed_and_decomposed_accents_match() -> None:
    """Some systems write ü as two characters; u without an accent does not match."""
    row = person(1, "Mu\u0308ller", name="Zo\u00eb Mu\u0308ller")
    assert match([grade("M\u00fcller")], [row]).grades
    assert match([grade("x", name="M\u00fcller, Zoe\u0308")], [row]).grades
    assert not match([grade("Muller")], [row]).grades


def test_a_submission_that_fits_two_rows_is_ambiguous() -> None:
    """If two rows have the same name or key, neither gets a score."""
    twins = [person(1, "7", name="Lee, Sam"), person(2, "8", name="Sam Lee"), person(3, "7")]
    found = match([grade("x", name="Sam Lee"), grade("7")], twins)
    assert found.grades == {}
    assert [line.split(" fits")[0] for line in found.ambiguous] == ["x (Sam Lee)", "7"]


def test_a_name_in_the_same_order_takes_precedence() -> None:
    """James Thomas does not match Thomas James if both are in the roster."""
    rows = [person(1, "7", name="Thomas, James"), person(2, "8", name="James, Thomas")]
    assert set(match([grade("x", name="James Thomas")], rows).grades) == {1}


def test_an_exact_match_takes_precedence_over_one_that_ignores_case() -> None:
    """Two keys that differ only in case belong to two students."""
    found = match([grade("AB"), grade("ab")], [person(1, "ab"), person(2, "AB")])
    assert {row: g.student for row, g in found.grades.items()} == {1: "ab", 2: "AB"}
    assert match([grade("Ab")], [person(1, "ab"), person(2, "AB")]).ambiguous


def test_a_row_with_two_submissions_is_ambiguous() -> None:
    """This includes a key with a number, as batches give to a second submission."""
    found = match([grade("1001", 9.0), grade("1001 #2"), grade("1002")], [ADA, BO])
    assert set(found.grades) == {2}
    (line,) = found.ambiguous
    assert line == "1001 (Lovelace, Ada) has several submissions: 1001; 1001 #2"
    assert found.without_submission == ()


@given(
    st.lists(st.sampled_from("abAB12"), max_size=5), st.lists(st.sampled_from("abAB12"), max_size=4)
)
def test_every_submission_is_accounted_for(students: list[str], keys: list[str]) -> None:
    """A submission has a row, is unmatched, or is listed as ambiguous."""
    rows = [person(i, k) for i, k in enumerate(keys)]
    grades = [grade(student) for student in students]
    found = match(grades, rows)
    placed = [*found.grades.values(), *found.unmatched]
    for submission in grades:
        is_listed = any(submission.student in line for line in found.ambiguous)
        assert submission in placed or is_listed
    assert {p.row for p in found.without_submission}.isdisjoint(found.grades)


@given(ANY_TEXT)
def test_what_is_neutral_stays(text: str) -> None:
    """Nothing runs in a spreadsheet, a second time changes nothing, and it is the same key."""
    once = escape_formula_once(text)
    assert escape_formula_once(once) == once
    assert normalize_cell_key(once) == normalize_cell_key(text)
    assert name_words(once) == name_words(text)
