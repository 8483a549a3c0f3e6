"""Identical wrong answers are found, and only among informative ones."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.wrong_answers import (
    MAX_NUMBERS,
    NEAR,
    AnswerVector,
    Vector,
    group_identical,
    is_close,
    to_vector,
)
from grader.protocol.values import ArrayValue, Failure, NoneValue, Observation, TextValue, Value
from tests.builders import array, nested_list, number, parts, table, tensor

NUMBERS = [[0.125, 0.25, 0.5, 1.0], [3.0, 5.0, 7.0, 11.0]]


def vector(entries: object) -> Vector:
    """Return the vector of an array."""
    found = to_vector(array(entries))
    assert found is not None
    return found


def answer(student: str, of: Vector, probe: str = "first", *known: str) -> AnswerVector:
    """Build a wrong answer."""
    return AnswerVector(
        student=student,
        function="f",
        probe=probe,
        criteria=(f"{probe}_values",),
        known_mistakes=frozenset(known),
        vector=of,
    )


@pytest.mark.parametrize(
    "plain",
    [
        number(0.3),
        array([1.0, 2.0, 3.0]),
        array([[0.0] * 12]),
        array([[math.nan] * 12]),
        array([[0.25] * 12]),
        array([0.0, 1.0] * 12),
        ArrayValue(kind="ndarray", array=np.ones(12, dtype=bool)),
        ArrayValue(kind="ndarray", array=np.zeros((0, 4))),
        TextValue(text="no"),
        NoneValue(),
        Failure(kind="raised", ename="ValueError"),
    ],
)
def test_few_or_plain_numbers_tell_nothing(plain: Observation) -> None:
    """Few numbers, constants, zeros, NaN, booleans and non-numbers are not informative."""
    assert to_vector(plain) is None


def test_numbers_are_the_same_in_any_container() -> None:
    """The container and the order of a dict's entries do not change the vector."""
    halves = array(NUMBERS[0]), array(NUMBERS[1])
    every: list[Value] = [
        array(NUMBERS),
        tensor(*NUMBERS, dtype="float64"),
        nested_list(NUMBERS),
        parts(*halves),
        table(a=halves[0], b=halves[1]),
        table(b=halves[1], a=halves[0]),
    ]
    rows = [found for value in every if (found := to_vector(value)) is not None]
    assert len(rows) == len(every)
    assert is_close(rows[0], np.stack(rows)).all()


def test_a_long_answer_is_looked_at_in_part() -> None:
    """A long answer is compared by its first numbers and its size."""
    long = np.arange(MAX_NUMBERS + 10.0)
    one, same, longer = (
        vector(long),
        vector(np.append(long[:-1], 7.0)),
        vector(np.append(long, 7.0)),
    )
    assert len(one) == MAX_NUMBERS + 1
    assert is_close(one, np.stack([same, longer])).tolist() == [True, False]


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        (lambda x: x * (1 + 4e-7), True),
        (lambda x: x * (1 + 4e-6), False),
        (lambda x: x + 4e-7, True),
        (lambda x: np.where(x == 0.5, np.nan, x), False),
        (lambda x: np.where(x == 0.5, np.inf, x), False),
        (lambda x: x.T, False),
    ],
)
def test_the_same_is_to_six_digits(changed: object, same: bool) -> None:  # noqa: FBT001
    """Answers are compared to six digits."""
    assert callable(changed)
    assert is_close(vector(NUMBERS), vector(changed(np.array(NUMBERS)))[None]).all() == same


def test_odd_numbers_are_the_same_as_themselves() -> None:
    """NaN, infinities and the largest floats are equal to themselves."""
    odd = vector([1.0, 2.0, 3.0, 4.0, 1.7e308, math.nan, math.inf, -math.inf, 5.0])
    assert is_close(odd, odd[None]).all()
    assert not is_close(odd, -odd[None]).any()


def test_who_gave_the_same_is_a_group() -> None:
    """Students with the same answers are one group over several probes."""
    one, other = vector(NUMBERS), vector(np.array(NUMBERS) * 2)
    found = group_identical(
        [
            answer(s, r, p)
            for p in ("b", "a")
            for s, r in (("eve", one), ("ann", one), ("x", other))
        ],
        {},
    )
    assert [(c.students, c.probes, c.criteria, c.numbers) for c in found] == [
        (("ann", "eve"), ("a", "b"), ("a_values", "b_values"), 8)
    ]


def test_right_numbers_are_no_mistake() -> None:
    """Correct answers, up to rounding, form no group."""
    right = vector(np.array(NUMBERS) * (1 + NEAR / 2))
    both = [answer("ann", vector(NUMBERS)), answer("bob", vector(NUMBERS))]
    assert group_identical(both, {"first": [right, vector(np.arange(1.0, 30.0))]}) == ()
    assert len(group_identical(both, {"other": [right]})) == 1


def test_known_mistakes_are_marked_and_come_last() -> None:
    """Groups that a known mistake explains come last, with its name."""
    known = [answer(s, vector(NUMBERS), "first", "off_by_one") for s in ("ann", "bob", "eve")]
    own = [answer(s, vector(np.array(NUMBERS) * 3)) for s in ("kim", "lee")]
    found = group_identical([*known, *own], {})
    assert [(c.students, c.known_mistakes) for c in found] == [
        (("kim", "lee"), ()),
        (("ann", "bob", "eve"), ("off_by_one",)),
    ]


@given(st.permutations(range(8)), st.lists(st.integers(0, 2), min_size=8, max_size=8))
def test_the_order_of_answers_does_not_matter(order: Sequence[int], which: list[int]) -> None:
    """The order of the answers does not change the groups, which are disjoint."""
    rows = [vector(np.array(NUMBERS) + i * 1e-6) for i in range(3)]  # the middle one is near both
    answers = [answer(f"s{i}", rows[of]) for i, of in enumerate(which)]
    found = group_identical(answers, {})
    assert group_identical([answers[i] for i in order], {}) == found
    grouped = [student for cluster in found for student in cluster.students]
    assert len(set(grouped)) == len(grouped)
