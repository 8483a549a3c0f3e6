"""Accepted variants: each is the reference's answer, but for the choice it makes."""

import copy
from collections.abc import Callable

import numpy as np
import pytest
import torch
from jaxtyping import Float
from transformer_lens import HookedTransformer

import reference.induction_heads as reference
from reference import variants

HEADS = [(0, 1), (2, 3)]


def test_printed_k_composition_is_another_number(generic: HookedTransformer) -> None:
    """On generic weights the printed formula and the right one differ."""
    printed = variants.k_composition_as_printed(generic, 0, 1, 2, 3)
    assert abs(printed - reference.compute_k_composition(generic, 0, 1, 2, 3)) > 0.01
    assert variants.k_composition_as_printed(generic, 2, 0, 2, 1) == 0.0


def test_printed_k_composition_reads_the_other_side(generic: HookedTransformer) -> None:
    """For a source that writes what it reads, from one side as from the other, they agree."""
    symmetric = copy.deepcopy(generic)
    with torch.no_grad():
        symmetric.blocks[0].attn.W_O[1] = symmetric.blocks[0].attn.W_V[1].T
    printed = variants.k_composition_as_printed(symmetric, 0, 1, 2, 3)
    assert printed == pytest.approx(
        reference.compute_k_composition(symmetric, 0, 1, 2, 3), rel=1e-5
    )


def test_printed_mean_ablation_is_zero_ablation_too(generic: HookedTransformer) -> None:
    """Only the mean is a choice: zero ablation is the reference's."""
    tokens = reference.create_repeated_sequence(8, 0)
    expected = reference.ablate_heads(generic, tokens, HEADS)
    assert torch.equal(variants.mean_ablation_as_printed(generic, tokens, HEADS), expected)
    mean = variants.mean_ablation_as_printed(generic, tokens, HEADS, "mean")
    assert not torch.allclose(mean, reference.ablate_heads(generic, tokens, HEADS, "mean"))


@pytest.mark.parametrize(
    "variant",
    [variants.induction_scores_diagonal, variants.induction_scores_without_last_position],
)
def test_one_position_more_or_less(
    model: HookedTransformer, variant: Callable[..., Float[np.ndarray, "n_layers n_heads"]]
) -> None:
    """One position among 25 moves a score by at most its share."""
    scores = reference.compute_induction_scores(model, 25, 3)
    np.testing.assert_allclose(variant(model, 25, 3), scores, rtol=0, atol=1 / 24)


def test_seeded_prev_token_scores(model: HookedTransformer) -> None:
    """Seeding changes which tokens are drawn, not which heads are found."""
    torch.manual_seed(9)
    scores = reference.compute_prev_token_scores(model, 40, 4)
    np.testing.assert_allclose(
        variants.prev_token_scores_seeded(model, 40, 4), scores, rtol=0, atol=0.1
    )


@pytest.mark.parametrize("heads", [None, HEADS])
def test_log_softmax_is_cross_entropy(
    generic: HookedTransformer, heads: list[tuple[int, int]] | None
) -> None:
    """Gathered log-probabilities give the same loss and accuracy."""
    expected = reference.measure_induction_loss(generic, 9, heads, 3)
    measured = variants.measure_loss_log_softmax(generic, 9, heads, 3)
    assert measured == pytest.approx(expected, abs=1e-5)
