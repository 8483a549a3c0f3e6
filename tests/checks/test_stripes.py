"""Check `heatmap` with a stripe: the kind of head that an attention pattern shows."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from grader.checks.heatmap import Heatmap, has_stripe
from tests.builders import figure, judged


def pattern(n: int, offset: int, share: float = 1.0) -> np.ndarray[Any, Any]:
    """Queries pay a share to the key ``offset`` back, the rest to the first token."""
    drawn = np.zeros((n, n))
    for q in range(n):
        drawn[q, max(q - offset, 0)] += share
        drawn[q, 0] += 1 - share
    return drawn


def said(*heatmaps: np.ndarray[Any, Any], **options: Any) -> str | None:
    """Return the feedback on a figure of these patterns; None if it passes."""
    check = Heatmap(kind="heatmap", figures="drawn", **options)
    finding = judged(check, {"drawn": figure(*heatmaps)})
    return None if finding.passed else finding.message


@pytest.mark.parametrize("seq_len", [4, 5, 25])
@pytest.mark.parametrize("first", [0, 1])
def test_induction_is_one_short_of_a_period_back(seq_len: int, first: int) -> None:
    """Sequences of two halves, with or without a token before them, have the same stripe."""
    n = 2 * seq_len + first
    assert has_stripe(pattern(n, seq_len - 1), "induction", 0.3)
    assert not has_stripe(pattern(n, seq_len), "induction", 0.3)
    assert not has_stripe(pattern(n, 1), "induction", 0.3)


def test_the_previous_token_is_one_back() -> None:
    """A head that looks two back or at itself is none."""
    assert has_stripe(pattern(20, 1), "previous_token", 0.3)
    assert not has_stripe(pattern(20, 2), "previous_token", 0.3)
    assert not has_stripe(pattern(20, 0), "previous_token", 0.3)


def test_resting_on_the_first_token_does_not_count() -> None:
    """A head that always attends to the first token is on no stripe."""
    assert not has_stripe(pattern(20, 19), "previous_token", 0.3)
    assert not has_stripe(pattern(20, 19), "induction", 0.3)


def test_a_stripe_is_above_its_limit() -> None:
    """The mean along it must be more than ``stripe_above``."""
    assert said(pattern(20, 9, 0.31), stripe="induction") is None
    assert said(pattern(20, 9, 0.29), stripe="induction") is not None
    assert said(pattern(20, 9, 0.29), stripe="induction", stripe_above=0.2) is None


def test_no_other_stripe_is_higher() -> None:
    """A head that attends more along another diagonal is another head."""
    mixed = 0.4 * pattern(20, 9) + 0.6 * pattern(20, 1)
    assert not has_stripe(mixed, "induction", 0.3)
    assert has_stripe(mixed, "previous_token", 0.3)


def test_short_diagonals_are_no_stripes() -> None:
    """Far corners of few entries do not outweigh a stripe, however bright."""
    drawn = pattern(21, 9, 0.5)
    drawn[18:, :] = 0
    drawn[[18, 19, 20], [1, 2, 3]] = 1
    assert has_stripe(drawn, "induction", 0.3)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_tiny_patterns_are_judged_too(n: int) -> None:
    """Nothing is too small to have a finding; an offset of 0 is no induction."""
    assert has_stripe(pattern(n, 1), "induction", 0.3) is (n > 3)


def test_the_message_says_which_head() -> None:
    """The feedback says the counts and what such a head attends to."""
    assert said(pattern(20, 1), pattern(20, 9), stripe="induction", min_count=2) == (
        "1 of 2 heatmaps show an attention pattern [query_pos, key_pos] in which each token"
        " attends to the token after the one that came before it the last time; expected 2."
    )


def test_a_transposed_stripe_is_said_to_be() -> None:
    """Keys as rows are named; any other pattern is not called transposed."""
    assert "transposed: rows are key_pos" in str(said(pattern(20, 9).T, stripe="induction"))
    assert "transposed" not in str(said(pattern(20, 1).T, stripe="induction"))


def test_a_stripe_is_of_no_other_matrix() -> None:
    """With ``shows`` the figure is compared, so a stripe beside it is a mistake of the rubric."""
    with pytest.raises(ValidationError, match="leave out shows"):
        Heatmap(kind="heatmap", figures="drawn", shows="scores", stripe="induction")
