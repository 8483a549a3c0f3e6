"""Scores every head of a model, and labels the heads by the lab's thresholds."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from grader.models import Head
from reference.induction_heads import (
    EARLY_LAYERS,
    STRONG_INDUCTION,
    STRONG_PREV_TOKEN,
    Model,
    compute_induction_scores,
    compute_prev_token_scores,
    mean_stripe,
    repeated_sequences,
    top_heads,
)

PARTIAL_INDUCTION = 0.05
"""Lowest induction score of a partial induction head; above `STRONG_INDUCTION` it is strong."""

STRONG_DUPLICATE = STRONG_INDUCTION
"""Threshold above which a duplicate-token head would pass for a strong induction head in code
that reads the stripe one token too early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadScores:
    """One head, its three scores, and the labels that the lab's thresholds give it."""

    head: Head
    induction: float
    prev_token: float
    duplicate_token: float
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The scores of all heads."""

    induction: Float[np.ndarray, "n_layers n_heads"]
    prev_token: Float[np.ndarray, "n_layers n_heads"]
    duplicate_token: Float[np.ndarray, "n_layers n_heads"]
    """Mean attention to the earlier copy of the token itself."""

    @property
    def induction_heads(self) -> tuple[Head, ...]:
        """The lab's `top_induction_heads`, best first."""
        return _to_heads(top_heads(self.induction, STRONG_INDUCTION))

    @property
    def prev_token_heads(self) -> tuple[Head, ...]:
        """The lab's `top_prev_heads`, best first."""
        return _to_heads(top_heads(self.prev_token, STRONG_PREV_TOKEN, EARLY_LAYERS))

    @property
    def duplicate_token_heads(self) -> tuple[Head, ...]:
        """The heads that could be confused with induction heads, best first."""
        return _to_heads(top_heads(self.duplicate_token, STRONG_DUPLICATE))

    def best(self, scores: Float[np.ndarray, "n_layers n_heads"]) -> tuple[HeadScores, ...]:
        """Return the ten best heads by one of the three scores, without any threshold."""
        return tuple(self.scores_of(head) for head in _to_heads(top_heads(scores, above=-1.0)))

    def scores_of(self, head: Head) -> HeadScores:
        """Return the scores and labels of one head."""
        induction, prev_token, duplicate_token = (
            float(scores[head])
            for scores in (self.induction, self.prev_token, self.duplicate_token)
        )
        return HeadScores(
            head=head,
            induction=induction,
            prev_token=prev_token,
            duplicate_token=duplicate_token,
            labels=label_head(head.layer, induction, prev_token, duplicate_token),
        )


def label_head(
    layer: int, induction: float, prev_token: float, duplicate_token: float
) -> tuple[str, ...]:
    """Return the kinds of head that these scores indicate: none, one, or several."""
    labels = []
    if induction > STRONG_INDUCTION:
        labels.append("strong induction")
    elif induction >= PARTIAL_INDUCTION:
        labels.append("partial induction")
    if prev_token > STRONG_PREV_TOKEN:
        labels.append("previous-token" if layer < EARLY_LAYERS else "late previous-token")
    if duplicate_token > STRONG_DUPLICATE:
        labels.append("duplicate-token")
    return tuple(labels)


def measure_scores(model: Model, seq_len: int, n_samples: int, seed: int) -> Scores:
    """Score every head on sequences of 2 * seq_len tokens, repeated where the score needs it.

    Args:
        model: The model whose heads to score.
        seq_len: Length of one half of the repeated sequences.
        n_samples: Number of sequences for each score.
        seed: Seed for the random sequences; torch's global generator is left alone.
    """
    induction = compute_induction_scores(model, seq_len, n_samples)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        prev_token = compute_prev_token_scores(model, 2 * seq_len, n_samples)
    tokens = repeated_sequences(model, seq_len, n_samples)
    duplicate_token = mean_stripe(model, tokens, first=seq_len, back=seq_len)
    return Scores(induction=induction, prev_token=prev_token, duplicate_token=duplicate_token)


def uniform_attention_score(queries: range) -> float:
    """Return the score, over these query positions, of a head that attends evenly."""
    return float(np.mean([1 / (query + 1) for query in queries]))


def _to_heads(entries: Iterable[tuple[int, int, float]]) -> tuple[Head, ...]:
    return tuple(Head(layer, head) for layer, head, _ in entries)
