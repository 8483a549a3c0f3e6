"""Tests that TransformerLens's head detector, an independent implementation, agrees.

Its "mul" measure is the attention on the pattern it looks for as a share of all attention, and each
query position has attention 1 to give. So on 2L tokens it is half our induction score, whose stripe
has L query positions, and on n tokens (n - 1)/n of our previous-token score. Its "abs" measure is
one minus the mean absolute difference a row, which comes to our induction score less a half; it
rounds to three places. Both hold only where no token but the repeats occurs twice.
"""

import numpy as np
import pytest
import torch
from jaxtyping import Float
from transformer_lens import HookedTransformer
from transformer_lens.head_detector import detect_head

import reference.induction_heads as reference
from reference.induction_heads import sequences

SEQ_LEN = 25

Scores = Float[np.ndarray, "n_layers n_heads"]


@pytest.fixture
def text(model: HookedTransformer, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a text of 25 different words repeated once, which the model reads as 50 tokens."""
    if model.tokenizer is None:
        pytest.skip("the head detector reads text, and the model has no tokenizer")
    monkeypatch.setattr(model.cfg, "default_prepend_bos", False)
    pieces = [model.to_single_str_token(token) for token in range(1000, 4000)]
    words = [
        piece for piece in pieces if piece[0] == " " and piece[1:].isalpha() and len(piece) > 5
    ]
    text = "".join(words[:SEQ_LEN]) * 2
    half = model.to_tokens(text)[0, :SEQ_LEN]
    assert model.to_tokens(text)[0].tolist() == [*half.tolist(), *half.tolist()]
    assert len(set(half.tolist())) == SEQ_LEN
    return text


@pytest.fixture
def induction_scores(
    model: HookedTransformer, text: str, monkeypatch: pytest.MonkeyPatch
) -> Scores:
    """Return the reference's scores on that text in place of a random sequence."""
    tokens = model.to_tokens(text)
    monkeypatch.setattr(sequences, "create_repeated_sequence", lambda _, seed: tokens)  # noqa: ARG005
    return reference.compute_induction_scores(model, SEQ_LEN, n_samples=1)


def test_induction_heads(model: HookedTransformer, text: str, induction_scores: Scores) -> None:
    """Each head's induction score is twice the detector's share."""
    detected = detect_head(model, text, "induction_head")
    np.testing.assert_allclose(induction_scores, 2 * detected.numpy(), rtol=0, atol=1e-5)


def test_induction_heads_by_distance(
    model: HookedTransformer, text: str, induction_scores: Scores
) -> None:
    """The detector's distance equals the induction score less a half, to its rounding."""
    detected = detect_head(model, text, "induction_head", error_measure="abs")
    np.testing.assert_allclose(induction_scores - 0.5, detected.numpy(), rtol=0, atol=6e-4)


def test_previous_token_heads(
    model: HookedTransformer, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The previous-token score equals the detector's share times n / (n - 1)."""
    detected = detect_head(model, text, "previous_token_head")
    tokens = model.to_tokens(text)
    monkeypatch.setattr(torch, "randint", lambda *_: tokens)
    scores = reference.compute_prev_token_scores(model, 2 * SEQ_LEN, n_samples=1)
    expected = detected.numpy() * 2 * SEQ_LEN / (2 * SEQ_LEN - 1)
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-5)
