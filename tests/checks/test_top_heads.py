"""Check `top_heads`: the highest-scoring heads, by the student's scores or the reference's."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.top_heads import TopHeads
from grader.protocol.values import NoneValue, Value
from tests.builders import array, judged, nested_list, parts, tensor

SCORES = np.zeros((6, 4))
SCORES[5, 1], SCORES[4, 3], SCORES[1, 0] = 0.9, 0.5, 0.31  # the threshold below is 0.3
RIGHT = [(5, 1, 0.9), (4, 3, 0.5), (1, 0, 0.31)]


def listed(
    heads: Any, against: Any = "reference", own: Any = SCORES, scores: Any = SCORES, **options: Any
) -> str | None:
    """Return the feedback on a list of heads; None if it passes."""
    check = TopHeads(
        kind="top_heads", probe="top", scores="scores", against=against, above=0.3, **options
    )
    value = nested_list(heads) if isinstance(heads, list) else heads
    finding = judged(check, {"top": value, "scores": array(own)}, {"scores": array(scores)})
    return None if finding.passed else finding.message


@pytest.mark.parametrize(
    "heads", [RIGHT, [head[:2] for head in RIGHT], tensor(*RIGHT, dtype="float64"), array(RIGHT)]
)
def test_the_right_list_passes(heads: Any) -> None:
    """With or without scores, as list, tensor or array."""
    assert listed(heads) is None
    assert listed(heads, against="own") is None


def test_the_dead_band_forgives_a_head_near_the_threshold() -> None:
    """L1H0, 0.01 over the threshold, may be in the list or not."""
    assert listed(RIGHT[:2]) is None


def test_a_missing_head_is_named() -> None:
    """Recall: a head that is clearly over the threshold belongs into the list."""
    assert listed(RIGHT[1:]) == "By the model, L5H1 should be in the list."


def test_an_extra_head_is_named() -> None:
    """Precision: a head that is clearly under the threshold does not; three names fit a line."""
    extra = [(0, 0, 0.0), (0, 1, 0.0), (0, 2, 0.0), (0, 3, 0.0)]
    said = listed([*RIGHT, *extra], against="own")
    assert said == "By your own scores, L0H0, L0H1, L0H2 and 1 more should not be in the list."


def test_the_order_is_from_the_highest_down() -> None:
    """A list in another order fails, beyond the dead band."""
    assert listed(RIGHT[::-1]) == "The heads are not ordered from the highest score down."
    close = SCORES.copy()
    close[4, 3] = 0.905
    assert listed([(5, 1), (4, 3)], scores=close) is None


def test_the_listed_scores_are_the_heads_own() -> None:
    """A third column is checked."""
    said = listed([(5, 1, 0.8), (4, 3, 0.5)], against="own")
    assert said == "The scores in the list are not those of your own scores."


@pytest.mark.parametrize(
    "heads",
    [
        [*RIGHT, (5, 1, 0.9)],
        [*RIGHT, (6, 0, 0.1)],
        [*RIGHT, (0, 4, 0.1)],
        [(-1, 1, 0.9), *RIGHT[1:]],
        [(5.5, 1, 0.9), *RIGHT[1:]],
        [(float("nan"), 1, 0.9), *RIGHT[1:]],
        [(1e300, 1, 0.9), *RIGHT[1:]],
    ],
)
def test_only_heads_of_the_model_each_once(heads: list[Any]) -> None:
    """Duplicates, heads out of range, negative and fractional ones fail."""
    assert listed(heads) == ("Some entries are not heads of this model, or a head is listed twice.")


@pytest.mark.parametrize(
    "value",
    [
        nested_list([5.0, 1.0, 0.9]),
        nested_list([[5.0], [4.0]]),
        nested_list([[5.0, 1.0, 0.9, 0.0]]),
        parts(nested_list([5.0, 1.0]), nested_list([4.0])),
        NoneValue(),
    ],
)
def test_what_is_no_list_of_heads_fails(value: Value) -> None:
    """Flat, ragged, too wide or no list at all."""
    assert (listed(value) or "").startswith("Expected a list of (layer, head, score); your code")


@pytest.mark.parametrize("empty", [array(np.zeros((0, 3))), nested_list([])])
def test_an_empty_list_earns_nothing(empty: Value) -> None:
    """Not even where the student's own scores hold no head over the threshold."""
    assert listed(empty, against="own", own=np.zeros((6, 4))) == (
        "The list is empty: no head is in it."
    )


def test_own_scores_judge_consistency_and_the_reference_truth() -> None:
    """A list that follows from wrong scores is consistent and not true."""
    wrong = SCORES[::-1]
    heads = [(0, 1, 0.9), (1, 3, 0.5), (4, 0, 0.31)]
    assert listed(heads, against="own", own=wrong) is None
    assert listed(heads, own=wrong) is not None


@pytest.mark.parametrize("own", [SCORES[:5], np.full((6, 4), np.nan), 0.5])
def test_unusable_own_scores_earn_nothing(own: Any) -> None:
    """Scores of another shape or with NaN are no ground for a list."""
    assert "not a usable [n_layers, n_heads] array" in (listed(RIGHT, against="own", own=own) or "")


def test_later_layers_do_not_count() -> None:
    """With `below_layer` only earlier layers are listed."""
    assert listed([(4, 3), (1, 0)], below_layer=5) is None
    assert listed([(5, 1), (4, 3)], below_layer=5) is not None


def test_only_the_best_are_looked_at() -> None:
    """`among` is a cut-off of rank, taken before layers are."""
    assert listed([(5, 1), (4, 3)], consider_top=2) is None
    assert listed([(5, 1), (4, 3), (1, 0)], consider_top=2) is not None
    assert listed([(4, 3)], consider_top=2, below_layer=5) is None


@pytest.mark.parametrize(("count", "passes"), [(9, False), (10, True), (11, False), (24, False)])
def test_equal_scores_leave_a_choice_but_no_licence(count: int, *, passes: bool) -> None:
    """If all heads but one score the same, a right list names it and any nine of them."""
    heads = [(layer, head) for layer in range(6) for head in range(4)][:count]
    same = np.full((6, 4), 0.5)
    same[0, 0] = 0.9
    assert (listed(heads, against="own", own=same) is None) is passes


def test_constant_scores_say_nothing() -> None:
    """If every head scores the same, no list follows from the scores."""
    heads = [(layer, 0) for layer in range(6)]
    assert "all the same" in str(listed(heads, against="own", own=np.full((6, 4), 0.5)))


@given(st.permutations(range(24)), st.sampled_from(["own", "reference"]))
def test_the_references_own_list_always_passes(order: list[int], against: str) -> None:
    """The list as the lab makes it is right, whatever the scores, equal ones among them."""
    scores = np.array(order).reshape(6, 4) // 2 / 12
    best = np.argsort(-scores, axis=None)[:10]
    heads = [(*np.unravel_index(i, scores.shape), scores.flat[i]) for i in best]
    over = [head for head in heads if head[2] > 0.3]
    early = [head for head in over if head[0] < 5]
    assert listed(over, against=against, own=scores, scores=scores) is None
    assert listed(early, against=against, own=scores, scores=scores, below_layer=5) is None
