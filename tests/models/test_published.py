"""Tests the reference on GPT-2 small itself, if its weights are available."""

import pytest
import torch
from transformer_lens import HookedTransformer

import reference.induction_heads as reference
from grader.models import load_model

pytestmark = pytest.mark.network

PUBLISHED = {(5, 5): 0.932, (6, 9): 0.913, (7, 10): 0.910, (5, 1): 0.908, (7, 2): 0.833}
"""Induction scores of GPT-2 small on repeated random tokens of 50, from a public detector."""


@pytest.fixture(scope="module")
def gpt2() -> HookedTransformer:
    """Load GPT-2 small."""
    return load_model("gpt2-small", "cpu")


def test_the_published_induction_heads_are_found(gpt2: HookedTransformer) -> None:
    """The five published heads are the best, with about the published scores."""
    scores = reference.compute_induction_scores(gpt2, seq_len=50, n_samples=10)
    best = reference.top_heads(scores, above=0.15, among=5)
    assert {(layer, head) for layer, head, _ in best} == set(PUBLISHED)
    for layer, head, score in best:
        assert score == pytest.approx(PUBLISHED[layer, head], abs=0.05)


def test_the_published_previous_token_head_is_found(gpt2: HookedTransformer) -> None:
    """L4H11 attends to the previous token nearly always, more than any other head."""
    torch.manual_seed(0)
    scores = reference.compute_prev_token_scores(gpt2)
    assert scores.argmax() == 4 * 12 + 11
    assert scores.max() > 0.9


def test_ablation_of_the_published_heads_is_causal(gpt2: HookedTransformer) -> None:
    """Ablating the published heads raises the loss more than ablating as many others."""
    controls = [(5, 0), (6, 0), (7, 0), (5, 3), (7, 5)]
    effects = reference.ablation_effects(gpt2, {"heads": list(PUBLISHED), "others": controls}, 50)
    base = effects["baseline"][0]
    assert effects["heads"][0] - base > 3 * abs(effects["others"][0] - base)
