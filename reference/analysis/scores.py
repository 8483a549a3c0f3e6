"""What every head of a model attends to, and what its scores make it."""

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
"""An induction score from here to `STRONG_INDUCTION` makes a partial induction head."""

STRONG_DUPLICATE = STRONG_INDUCTION
"""A duplicate-token score above this would be a strong head to whoever aims one token early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadScores:
    """One head, its three scores, and the labels the lab's thresholds give it."""

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
        return _heads(top_heads(self.induction, STRONG_INDUCTION))

    @property
    def prev_token_heads(self) -> tuple[Head, ...]:
        """The lab's `top_prev_heads`, best first."""
        return _heads(top_heads(self.prev_token, STRONG_PREV_TOKEN, EARLY_LAYERS))

    @property
    def duplicate_token_heads(self) -> tuple[Head, ...]:
        """The heads that one could confuse with induction heads, best first."""
        return _heads(top_heads(self.duplicate_token, STRONG_DUPLICATE))

    def best(self, scores: Float[np.ndarray, "n_layers n_heads"]) -> tuple[HeadScores, ...]:
        """The ten best heads by one of the three scores, whatever that score is.

        Args:
            scores: The score that decides.
        """
        return tuple(self.of(head) for head in _heads(top_heads(scores, above=-1.0)))

    def of(self, head: Head) -> HeadScores:
        """The scores of one head.

        Args:
            head: Its layer and number.
        """
        induction, prev_token, duplicate_token = (
            float(scores[head])
            for scores in (self.induction, self.prev_token, self.duplicate_token)
        )
        return HeadScores(
            head=head,
            induction=induction,
            prev_token=prev_token,
            duplicate_token=duplicate_token,
            labels=labels(head.layer, induction, prev_token, duplicate_token),
        )


def labels(
    layer: int, induction: float, prev_token: float, duplicate_token: float
) -> tuple[str, ...]:
    """Name what a head's scores make it: nothing, one kind, or in a small model several.

    Args:
        layer: The head's layer.
        induction: Its induction score.
        prev_token: Its previous-token score.
        duplicate_token: Its duplicate-token score.
    """
    names = []
    if induction > STRONG_INDUCTION:
        names.append("strong induction")
    elif induction >= PARTIAL_INDUCTION:
        names.append("partial induction")
    if prev_token > STRONG_PREV_TOKEN:
        names.append("previous-token" if layer < EARLY_LAYERS else "late previous-token")
    if duplicate_token > STRONG_DUPLICATE:
        names.append("duplicate-token")
    return tuple(names)


def measure_scores(model: Model, seq_len: int, n_samples: int, seed: int) -> Scores:
    """Score every head on sequences of 2 * seq_len tokens, repeated where the score asks for it.

    Args:
        model: The model.
        seq_len: Length of one half of the repeated sequences.
        n_samples: Number of sequences for each score.
        seed: What the random sequences are drawn with; torch's global generator is left alone.
    """
    induction = compute_induction_scores(model, seq_len, n_samples)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        prev_token = compute_prev_token_scores(model, 2 * seq_len, n_samples)
    tokens = repeated_sequences(model, seq_len, n_samples)
    duplicate_token = mean_stripe(model, tokens, first=seq_len, back=seq_len)
    return Scores(induction=induction, prev_token=prev_token, duplicate_token=duplicate_token)


def even_attention(queries: range) -> float:
    """The score of a head that spreads its attention evenly.

    Args:
        queries: The query positions that count.
    """
    return float(np.mean([1 / (query + 1) for query in queries]))


def _heads(found: Iterable[tuple[int, int, float]]) -> tuple[Head, ...]:
    return tuple(Head(layer, head) for layer, head, _ in found)
