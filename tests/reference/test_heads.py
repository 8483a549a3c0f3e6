"""Tests the lists of top heads."""

import numpy as np
import pytest
from transformer_lens import HookedTransformer

from reference.induction_heads import require_head, top_heads

SCORES = np.array([[0.1, 0.9], [0.5, 0.15], [0.8, 0.5]])


def test_best_come_first() -> None:
    """Heads over the threshold are listed best first, with their scores."""
    assert top_heads(SCORES, above=0.6) == [(0, 1, 0.9), (2, 0, 0.8)]


def test_threshold_itself_is_not_over_it() -> None:
    """A score equal to the threshold does not count."""
    assert (1, 1, 0.15) not in top_heads(SCORES, above=0.15)


def test_equal_scores_keep_the_models_order() -> None:
    """Equal scores are listed by layer and head."""
    assert top_heads(SCORES, above=0.4)[2:] == [(1, 0, 0.5), (2, 1, 0.5)]


def test_late_heads_use_up_places() -> None:
    """The best heads are selected before late layers are dropped."""
    assert top_heads(SCORES, above=0.0, below_layer=2, among=3) == [(0, 1, 0.9), (1, 0, 0.5)]


def test_items_are_plain_numbers() -> None:
    """Layer, head and score are Python numbers, which JSON can encode."""
    assert [type(item) for item in top_heads(SCORES, above=0.8)[0]] == [int, int, float]


def test_none_is_an_empty_list() -> None:
    """If no head is over the threshold the list is empty."""
    assert top_heads(SCORES, above=1.0) == []
    assert top_heads(SCORES, above=0.0, among=0) == []


def test_arguments_are_checked(generic: HookedTransformer) -> None:
    """A negative number of heads, or a head that does not exist, is rejected by name."""
    with pytest.raises(ValueError, match="among must be at least 0, got -1"):
        top_heads(SCORES, above=0.0, among=-1)
    with pytest.raises(ValueError, match="layer must be from 0 to 2 for this model, got 3"):
        require_head(generic, 3, 0)
    with pytest.raises(ValueError, match="head must be from 0 to 4 for this model, got -1"):
        require_head(generic, 0, -1)
