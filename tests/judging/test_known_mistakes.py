"""Recognition of known mistakes."""

import numpy as np
import pytest

from grader.judging.known_mistakes import distance
from grader.protocol.values import TextValue, Value
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
  swapped:
    function: compute_induction_scores
    source: swapped_scores
    message: You swap two heads.
    hints: ["One.", "Two.", "Three."]
    fails: [scores]
functions:"""


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
    """Containers are compared item by item, and only numbers count."""
    assert distance(one, other) <= 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (array([0.5]), array([0.6])),
        (array([0.5]), array([0.5, 0.5])),
        (table(a=number(1)), table(b=number(1))),
        (parts(array([0.5])), parts(array([0.5]), number(2))),
        (figure([[0.5]]), figure([[0.25]])),
        (TextValue(text="a"), TextValue(text="a")),
        (array([np.nan]), array([np.nan])),
    ],
)
def test_different_answers_are_far_apart(one: Value, other: Value) -> None:
    """Different numbers, shapes or items differ; values without numbers differ from everything."""
    assert distance(one, other) > 1


def test_draws_differ_and_are_still_the_same() -> None:
    """Answers to random inputs match within the spread over seeds."""
    spread = np.full(2, 0.05)
    assert distance(array([0.5, 0.4]), array([0.6, 0.5]), spread) <= 1
    assert distance(array([0.5, 0.4]), array([2.2, 0.5]), spread) > 1
    assert distance(array([0.5, 0.4]), array([0.6, 0.5])) > 1


def test_the_closest_mistake_is_named_first() -> None:
    """Two mistakes with nearly the same answer are both named, the closer one first."""
    text = MINI_RUBRIC.replace("functions:", SECOND)
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


def test_a_mistake_may_be_recognised_by_checks() -> None:
    """A mistake with `when` is recognised by those checks, not by its answer."""
    marks = (
        "    when: [{kind: properties, probe: scores, between: [0.4, 0.6]}]\n    message: You index"
    )
    text = MINI_RUBRIC.replace("    message: You index", marks)
    key = answer_key({"scores": RIGHT, "shape": RIGHT})
    even = array([[0.5, 0.45], [0.5, 0.55]])
    assert verdict_on({"scores": even, "shape": even}, key, text).misconception == "transposed"
    odd = array([[0.5, 0.7], [0.5, 0.55]])
    assert verdict_on({"scores": odd, "shape": odd}, key, text).misconception is None


def test_a_mistake_is_named_only_on_its_criteria() -> None:
    """A mistake is named only on the criteria that it is declared to fail."""
    more = """\
      other:
        title: Other
        points: 0
        checks: [{kind: close, probe: scores}]
"""
    text = MINI_RUBRIC.replace("fails: [scores]", "fails: [other]") + more
    key = answer_key(
        {"scores": RIGHT, "shape": RIGHT},
        mistakes={"transposed": {"scores": TRANSPOSED, "shape": RIGHT}},
    )
    assert verdict_on({"scores": TRANSPOSED, "shape": RIGHT}, key, text).misconception is None
