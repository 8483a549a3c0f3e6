"""The same wrong numbers are found, and only where they tell something."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.wrong_answers import MOST, NEAR, Answer, Row, alike, clusters, row_of
from grader.protocol.values import Failure, Nothing, Numbers, Observation, Text, Value
from tests.builders import array, nested_list, number, parts, table, tensor

NUMBERS = [[0.125, 0.25, 0.5, 1.0], [3.0, 5.0, 7.0, 11.0]]


def row(entries: object) -> Row:
    """The numbers of an array."""
    found = row_of(array(entries))
    assert found is not None
    return found


def answer(student: str, of: Row, probe: str = "first", *known: str) -> Answer:
    """A wrong answer."""
    return Answer(
        student=student,
        function="f",
        probe=probe,
        criteria=(f"{probe}_values",),
        known=frozenset(known),
        row=of,
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
        Numbers(kind="ndarray", array=np.ones(12, dtype=bool)),
        Numbers(kind="ndarray", array=np.zeros((0, 4))),
        Text(text="no"),
        Nothing(),
        Failure(kind="raised", ename="ValueError"),
    ],
)
def test_few_or_plain_numbers_tell_nothing(plain: Observation) -> None:
    """A number or three, constants, zeros, NaN, yes and no, and what is no number."""
    assert row_of(plain) is None


def test_numbers_are_the_same_in_any_container() -> None:
    """A tensor, a list, parts and the entries of a dict, in whatever order these were made."""
    halves = array(NUMBERS[0]), array(NUMBERS[1])
    every: list[Value] = [
        array(NUMBERS),
        tensor(*NUMBERS, dtype="float64"),
        nested_list(NUMBERS),
        parts(*halves),
        table(a=halves[0], b=halves[1]),
        table(b=halves[1], a=halves[0]),
    ]
    rows = [found for value in every if (found := row_of(value)) is not None]
    assert len(rows) == len(every)
    assert alike(rows[0], np.stack(rows)).all()


def test_a_long_answer_is_looked_at_in_part() -> None:
    """Its beginning and how long it is."""
    long = np.arange(MOST + 10.0)
    one, same, longer = row(long), row(np.append(long[:-1], 7.0)), row(np.append(long, 7.0))
    assert len(one) == MOST + 1
    assert alike(one, np.stack([same, longer])).tolist() == [True, False]


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
    """What rounding does is no difference; anything else is."""
    assert callable(changed)
    assert alike(row(NUMBERS), row(changed(np.array(NUMBERS)))[None]).all() == same


def test_odd_numbers_are_the_same_as_themselves() -> None:
    """NaN, infinities and the largest numbers there are."""
    odd = row([1.0, 2.0, 3.0, 4.0, 1.7e308, math.nan, math.inf, -math.inf, 5.0])
    assert alike(odd, odd[None]).all()
    assert not alike(odd, -odd[None]).any()


def test_who_gave_the_same_is_a_group() -> None:
    """Students who agree in several answers are one group; one alone is none."""
    one, other = row(NUMBERS), row(np.array(NUMBERS) * 2)
    found = clusters(
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
    """Whoever lost a criterion by something else gave them too; a little rounding is as right."""
    right = row(np.array(NUMBERS) * (1 + NEAR / 2))
    both = [answer("ann", row(NUMBERS)), answer("bob", row(NUMBERS))]
    assert clusters(both, {"first": [right, row(np.arange(1.0, 30.0))]}) == ()
    assert len(clusters(both, {"other": [right]})) == 1


def test_known_mistakes_are_marked_and_come_last() -> None:
    """They are a good explanation: everyone who makes one gives the same numbers."""
    known = [answer(s, row(NUMBERS), "first", "off_by_one") for s in ("ann", "bob", "eve")]
    own = [answer(s, row(np.array(NUMBERS) * 3)) for s in ("kim", "lee")]
    found = clusters([*known, *own], {})
    assert [(c.students, c.known) for c in found] == [
        (("kim", "lee"), ()),
        (("ann", "bob", "eve"), ("off_by_one",)),
    ]


@given(st.permutations(range(8)), st.lists(st.integers(0, 2), min_size=8, max_size=8))
def test_the_order_of_answers_does_not_matter(order: Sequence[int], which: list[int]) -> None:
    """The same answers are the same groups, and every student is in one at most."""
    rows = [row(np.array(NUMBERS) + i * 1e-6) for i in range(3)]  # the middle one is near both
    answers = [answer(f"s{i}", rows[of]) for i, of in enumerate(which)]
    found = clusters(answers, {})
    assert clusters([answers[i] for i in order], {}) == found
    grouped = [student for cluster in found for student in cluster.students]
    assert len(set(grouped)) == len(grouped)
