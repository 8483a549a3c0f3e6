"""Check `false_positives`: recognises a mistake by what the wrong heads of a list share."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from grader.checks.false_positives import FalsePositives
from grader.protocol.values import NoneValue, TextValue, Value
from tests.builders import array, judged, nested_list, number, tensor

SCORES = np.zeros((6, 4))
SCORES[5, 1], SCORES[4, 3] = 0.9, 0.5  # these two belong in a list of heads over 0.3
COPYING = np.zeros((6, 4))
COPYING[:, 0] = 0.8
BELONG = [(5, 1, 0.9), (4, 3, 0.5)]


def reason_against(heads: Any, **trait: Any) -> str | None:
    """Return the reason why the mistake is not recognised; None if it is."""
    check = FalsePositives(kind="false_positives", probe="top", scores="scores", above=0.3, **trait)
    value = nested_list(heads) if isinstance(heads, list) else heads
    reference: dict[str, Value] = {"scores": array(SCORES), "copying": array(COPYING)}
    finding = judged(check, {"top": value}, reference)
    return None if finding.passed else finding.message


def test_wrong_heads_of_one_layer_are_recognised() -> None:
    """Heads below the threshold, most of them in a named layer; right heads do not matter."""
    assert reason_against([(0, 1, 0.0), (0, 2, 0.0)], layers=(0,)) is None
    assert reason_against([*BELONG, (0, 1, 0.0)], layers=(0,)) is None
    assert reason_against([(0, 1), (1, 2)], layers=(0, 1)) is None


def test_wrong_heads_that_score_elsewhere_are_recognised() -> None:
    """Heads below the threshold that score at least `min_score` in another probe."""
    assert reason_against([(1, 0, 0.0), (2, 0, 0.0)], by="copying") is None
    assert reason_against([(1, 0, 0.0)], by="copying", min_score=0.8) is None
    assert (
        reason_against([(1, 0, 0.0)], by="copying", min_score=0.81)
        == "They have nothing in common."
    )


def test_most_of_them_share_it() -> None:
    """More than half: one of two is not most."""
    assert reason_against([(0, 1), (0, 2), (1, 1)], layers=(0,)) is None
    assert reason_against([(0, 1), (1, 1)], layers=(0,)) == "They have nothing in common."
    assert reason_against([(0, 0), (0, 1)], by="copying") == "They have nothing in common."


@pytest.mark.parametrize("heads", [BELONG, BELONG[:1], array(np.zeros((0, 3)))])
def test_a_list_without_wrong_heads_is_no_mistake(heads: Any) -> None:
    """Heads over the threshold are none, whatever trait they have."""
    assert reason_against(heads, layers=(4, 5)) == "Every head in the list belongs there."


def test_the_threshold_itself_is_below() -> None:
    """A head belongs in the list above the threshold, not at it."""
    check = FalsePositives(
        kind="false_positives", probe="top", scores="scores", above=0.5, layers=(4,)
    )
    observed = {"top": nested_list([(4, 3), (5, 1)])}
    assert judged(check, observed, {"scores": array(SCORES)}).passed


@pytest.mark.parametrize("heads", [tensor((0, 1), dtype="int64"), array([(0, 1, 0.7)])])
def test_containers_are_the_same_thing(heads: Value) -> None:
    """With or without scores, as tensor or array."""
    assert reason_against(heads, layers=(0,)) is None


@pytest.mark.parametrize(
    "value",
    [
        nested_list([0.0, 1.0]),
        nested_list([[0.0], [1.0]]),
        number(0),
        TextValue(text="L0H1"),
        NoneValue(),
    ],
)
def test_what_is_no_list_of_heads_is_no_misconception(value: Value) -> None:
    """Flat, too narrow or no numbers at all."""
    assert reason_against(value, layers=(0,)) == "There is no list of heads."


@pytest.mark.parametrize(
    "head", [(6, 0), (0, 4), (-1, 0), (0.5, 0), (float("nan"), 0), (float("inf"), 0), (1e300, 0)]
)
def test_heads_of_another_model_are_no_misconception(head: tuple[float, float]) -> None:
    """If an entry is no head, or is repeated, nothing is recognised."""
    assert reason_against([(0, 1), head], layers=(0,)) is not None
    assert reason_against([(0, 1), (0, 1)], layers=(0,)) is not None


@pytest.mark.parametrize("trait", [{}, {"layers": (0,), "by": "copying"}])
def test_one_trait_is_named(trait: dict[str, Any]) -> None:
    """Layers or scores: neither and both are a mistake in the rubric."""
    with pytest.raises(ValidationError, match="name one trait"):
        reason_against([(0, 1)], **trait)


def test_it_reads_the_list_and_the_references_scores() -> None:
    """The student's own scores do not count: what is true is what the reference says."""
    check = FalsePositives(
        kind="false_positives", probe="top", scores="scores", above=0.3, by="copying"
    )
    assert check.probes() == ("top",)
    assert check.references() == ("scores", "copying")
