"""Tests induction and previous-token scores."""

import copy
from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from jaxtyping import Float, Int
from torch import Tensor
from transformer_lens import HookedTransformer
from transformer_lens.model_bridge import TransformerBridge

from reference.induction_heads import (
    Model,
    compute_induction_scores,
    compute_prev_token_scores,
    create_repeated_sequence,
    memory_budget,
    read_patterns,
)
from tests.reference.toys import stripe_model, stripe_score

SHARPNESS = [0.0, 1.0, 2.5, 6.0]


def plain_scores(
    model: Model,
    samples: Sequence[Int[Tensor, "1 pos"]],
    queries: range,
    target: Callable[[int], int],
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Compute mean attention from each query to its target, one number at a time from a cache."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    with torch.no_grad():
        caches = [model.run_with_cache(tokens)[1] for tokens in samples]
    for layer, head in np.ndindex(*scores.shape):
        stripe = [
            cache["pattern", layer][0, head, q, target(q)].item()
            for cache in caches
            for q in queries
        ]
        scores[layer, head] = sum(stripe) / len(stripe)
    return scores


@pytest.mark.parametrize("seq_len", [1, 2, 9])
def test_induction_scores_are_a_mean_over_the_stripe(
    generic: HookedTransformer, seq_len: int
) -> None:
    """Every head's induction score is the mean over its targets."""
    samples = [create_repeated_sequence(seq_len, seed) for seed in range(3)]
    queries = range(seq_len, 2 * seq_len)
    expected = plain_scores(generic, samples, queries, lambda q: q - seq_len + 1)
    scores = compute_induction_scores(generic, seq_len, n_samples=3)
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("seq_len", [2, 9])
def test_prev_token_scores_are_a_mean_over_the_stripe(
    generic: HookedTransformer, seq_len: int
) -> None:
    """Every head's previous-token score is the mean over the previous positions."""
    torch.manual_seed(0)
    samples = [torch.randint(1000, 10000, (1, seq_len)) for _ in range(3)]
    expected = plain_scores(generic, samples, range(1, seq_len), lambda q: q - 1)
    torch.manual_seed(0)
    scores = compute_prev_token_scores(generic, seq_len, n_samples=3)
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-6)


def test_bridge_gives_the_plain_scores(bridge: TransformerBridge) -> None:
    """A TransformerBridge is scored in the same way."""
    samples = [create_repeated_sequence(9, seed) for seed in range(2)]
    expected = plain_scores(bridge, samples, range(9, 18), lambda q: q - 8)
    scores = compute_induction_scores(bridge, 9, n_samples=2)
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-6)


def test_known_induction_scores() -> None:
    """Heads built to attend one half less one position back get the scores they were built for."""
    scores = compute_induction_scores(stripe_model(back=9, sharpness=SHARPNESS), 10, n_samples=2)
    expected = stripe_score(range(10, 20), SHARPNESS)[None]
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-6)


def test_known_prev_token_scores() -> None:
    """Heads built to attend one position back get the scores they were built for."""
    scores = compute_prev_token_scores(stripe_model(back=1, sharpness=SHARPNESS), 30, n_samples=2)
    expected = stripe_score(range(1, 30), SHARPNESS)[None]
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-6)


def test_scores_are_double_arrays(generic: HookedTransformer) -> None:
    """Scores are NumPy arrays of doubles between 0 and 1, with one row per layer."""
    for scores in (compute_induction_scores(generic, 5), compute_prev_token_scores(generic, 5)):
        assert isinstance(scores, np.ndarray)
        assert (scores.shape, scores.dtype) == ((3, 5), np.dtype(np.float64))
        assert ((scores >= 0) & (scores <= 1)).all()


def test_batches_do_not_matter(generic: HookedTransformer) -> None:
    """One sequence per pass gives the same scores as all at once."""
    together = compute_induction_scores(generic, 9, 5)
    with memory_budget(1):
        np.testing.assert_allclose(compute_induction_scores(generic, 9, 5), together, atol=1e-7)


def test_scores_follow_their_heads(generic: HookedTransformer) -> None:
    """Renumbering the heads of each layer only renumbers the scores."""
    order = [3, 0, 4, 2, 1]
    renumbered = copy.deepcopy(generic)
    with torch.no_grad():
        for name, weight in renumbered.named_parameters():
            if name.split(".")[-1] in {"W_Q", "W_K", "W_V", "W_O", "b_Q", "b_K", "b_V"}:
                weight.copy_(weight[order].clone())
    expected = compute_induction_scores(generic, 9, 2)[:, order]
    scores = compute_induction_scores(renumbered, 9, 2)
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-6)


def test_nothing_after_the_last_pattern_is_run(generic: HookedTransformer) -> None:
    """Scores do not compute logits, and patterns of early layers do not run later layers."""
    ran = []
    names = ["blocks.2.attn.hook_pattern", "ln_final.hook_normalized", "unembed"]
    tokens = create_repeated_sequence(5, 0)
    unembed = generic.unembed.register_forward_hook(lambda *_: ran.append("unembed"))
    with generic.hooks([(names[0], lambda *_, hook: ran.append(hook.name))]):
        read_patterns(generic, tokens, lambda pattern: pattern[:, 0], [0, 1])
    compute_induction_scores(generic, 5, 1)
    unembed.remove()
    assert ran == []
