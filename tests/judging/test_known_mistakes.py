"""Which known mistake an answer is."""

import numpy as np
import pytest

from grader.judging.known_mistakes import apart
from grader.protocol.values import Text, Value
from tests.builders import (
    MINI_RUBRIC,
    answer_key,
    array,
    figure,
    nested_list,
    number,
    parts,
    table,
    tensor,
    verdict_on,
)

RIGHT = array([[0.9, 0.1], [0.2, 0.3]])
TRANSPOSED = array([[0.9, 0.2], [0.1, 0.3]])
SECOND = """\
  - name: swapped
    function: compute_induction_scores
    source: swapped_scores
    says: You swap two heads.
    hints: ["One.", "Two.", "Three."]
    loses: [scores]
criteria:"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (tensor(0.5, 0.25), array([0.5, 0.25])),
        (nested_list([0.5, 0.25]), array([0.5, 0.25])),
        (number(2.0), array(2.0)),
        (table(a=number(1), b=array([0.5])), table(b=array([0.5]), a=number(1))),
        (parts(array([0.5]), number(2)), parts(array([0.5]), number(2))),
        (figure([[0.5, 1.0]]), figure([[0.5, 1.0]])),
    ],
)
def test_the_same_in_another_container_is_the_same(one: Value, other: Value) -> None:
    """Containers are looked into; only numbers count."""
    assert apart(one, other) <= 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (array([0.5]), array([0.6])),
        (array([0.5]), array([0.5, 0.5])),
        (table(a=number(1)), table(b=number(1))),
        (parts(array([0.5])), parts(array([0.5]), number(2))),
        (figure([[0.5]]), figure([[0.25]])),
        (Text(text="a"), Text(text="a")),
        (array([np.nan]), array([np.nan])),
    ],
)
def test_another_is_another(one: Value, other: Value) -> None:
    """Other numbers, other shapes, other parts; what holds no numbers is like nothing."""
    assert apart(one, other) > 1


def test_draws_differ_and_are_still_the_same() -> None:
    """Answers to drawn inputs are the same within what draws differ by."""
    spread = np.full(2, 0.05)
    assert apart(array([0.5, 0.4]), array([0.6, 0.5]), spread) <= 1
    assert apart(array([0.5, 0.4]), array([2.2, 0.5]), spread) > 1
    assert apart(array([0.5, 0.4]), array([0.6, 0.5])) > 1


def test_the_closest_mistake_is_named_first() -> None:
    """Two that answer nearly the same are both said, the nearer one first."""
    text = MINI_RUBRIC.replace("criteria:", SECOND)
    near = array([[0.9, 0.2003], [0.1, 0.3]])
    key = answer_key(
        {"scores": RIGHT, "shape": RIGHT},
        mistakes={
            "transposed": {"scores": near, "shape": near},
            "swapped": {"scores": TRANSPOSED, "shape": TRANSPOSED},
        },
    )
    found = verdict_on({"scores": TRANSPOSED, "shape": TRANSPOSED}, key, text)
    assert found.misconception == "swapped"
    assert found.feedback.startswith("You swap two heads. Or: You index [key, query].")
    assert found.hints == ("One.", "Two.", "Three.")


def test_a_mistake_may_be_recognised_by_its_marks() -> None:
    """With `when`, checks decide and not equality; its answer may be any."""
    marks = (
        "    when: [{kind: properties, probe: scores, between: [0.4, 0.6]}]\n    says: You index"
    )
    text = MINI_RUBRIC.replace("    says: You index", marks)
    key = answer_key({"scores": RIGHT, "shape": RIGHT})
    even = array([[0.5, 0.45], [0.5, 0.55]])
    assert verdict_on({"scores": even, "shape": even}, key, text).misconception == "transposed"
    odd = array([[0.5, 0.7], [0.5, 0.55]])
    assert verdict_on({"scores": odd, "shape": odd}, key, text).misconception is None


def test_a_criterion_it_does_not_lose_is_not_about_it() -> None:
    """A mistake is named only on the criteria that it says it loses."""
    more = """\
  - id: other
    title: Other
    function: compute_induction_scores
    points: 0
    checks: [{kind: close, probe: scores}]
"""
    text = MINI_RUBRIC.replace("loses: [scores]", "loses: [other]") + more
    key = answer_key(
        {"scores": RIGHT, "shape": RIGHT},
        mistakes={"transposed": {"scores": TRANSPOSED, "shape": RIGHT}},
    )
    assert verdict_on({"scores": TRANSPOSED, "shape": RIGHT}, key, text).misconception is None
