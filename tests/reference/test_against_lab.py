"""Tests that the reference agrees with the loops printed in the lab."""

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from transformer_lens import HookedTransformer

import reference.induction_heads as reference
from reference import variants
from tests.reference.lab import printed_functions

HEADS = [(0, 1), (2, 3), (2, 0)]


@pytest.fixture(scope="module")
def printed(model: HookedTransformer) -> Iterator[SimpleNamespace]:
    """Yield the lab's functions, without gradients as in its setup cell."""
    with torch.no_grad():
        yield printed_functions(model)


def test_draws_the_same_tokens(printed: SimpleNamespace) -> None:
    """A seed gives the same tokens as in the lab."""
    expected = printed.create_repeated_sequence(11, seed=7)
    assert torch.equal(reference.create_repeated_sequence(11, seed=7), expected)


def test_draws_the_same_tokens_without_a_seed(printed: SimpleNamespace) -> None:
    """Without a seed both draw from the global generator."""
    torch.manual_seed(3)
    expected = printed.create_repeated_sequence(11)
    torch.manual_seed(3)
    assert torch.equal(reference.create_repeated_sequence(11), expected)


def test_accuracy(model: HookedTransformer, printed: SimpleNamespace) -> None:
    """The accuracies are equal."""
    expected = printed.test_induction_accuracy(model, 20, 3)
    assert reference.test_induction_accuracy(model, 20, 3) == pytest.approx(expected, abs=1e-12)


def test_induction_scores(model: HookedTransformer, printed: SimpleNamespace) -> None:
    """The induction scores equal the lab's to 1e-5."""
    expected = printed.compute_induction_scores(model, seq_len=25, n_samples=3)
    scores = reference.compute_induction_scores(model, seq_len=25, n_samples=3)
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-5)


def test_prev_token_scores(model: HookedTransformer, printed: SimpleNamespace) -> None:
    """On the same random draws the previous-token scores equal the lab's to 1e-5."""
    torch.manual_seed(5)
    expected = printed.compute_prev_token_scores(model, seq_len=30, n_samples=2)
    torch.manual_seed(5)
    scores = reference.compute_prev_token_scores(model, seq_len=30, n_samples=2)
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("pair", [(0, 1, 2, 3), (1, 0, 2, 4), (2, 0, 2, 1), (2, 0, 1, 1)])
def test_k_composition(
    model: HookedTransformer, printed: SimpleNamespace, pair: tuple[int, ...]
) -> None:
    """The variant named after the lab's printed formula gives the lab's number."""
    expected = printed.compute_k_composition(model, *pair)
    assert variants.k_composition_as_printed(model, *pair) == pytest.approx(expected, abs=1e-5)


def test_zero_ablation(model: HookedTransformer, printed: SimpleNamespace) -> None:
    """Zero ablation gives the lab's logits."""
    tokens = reference.create_repeated_sequence(12, seed=1)
    expected = printed.ablate_heads(model, tokens, HEADS)
    torch.testing.assert_close(reference.ablate_heads(model, tokens, HEADS), expected)


def test_mean_ablation(model: HookedTransformer, printed: SimpleNamespace) -> None:
    """The variant named after the lab's printed mean ablation gives the lab's logits."""
    tokens = reference.create_repeated_sequence(12, seed=1)
    expected = printed.ablate_heads(model, tokens, HEADS, "mean")
    logits = variants.mean_ablation_as_printed(model, tokens, HEADS, "mean")
    torch.testing.assert_close(logits, expected)


@pytest.mark.parametrize("heads", [None, [], HEADS])
def test_induction_loss(
    model: HookedTransformer, printed: SimpleNamespace, heads: list[tuple[int, int]] | None
) -> None:
    """Loss and accuracy equal the lab's to 1e-5, with and without ablation."""
    expected = printed.measure_induction_loss(model, 20, heads, 3)
    measured = reference.measure_induction_loss(model, 20, heads, 3)
    assert measured == pytest.approx(expected, abs=1e-5)
