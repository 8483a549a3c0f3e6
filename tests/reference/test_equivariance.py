"""Tests symmetries: head numbers, token numbers and the basis of the stream have no effect.

Hypothesis draws the renumberings; no expected number is needed.
"""

import copy
from collections.abc import Callable

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import Float
from numpy.typing import ArrayLike
from torch import Tensor
from transformer_lens import HookedTransformer

import reference.induction_heads as reference
from reference.induction_heads import Model, scores, sequences
from tests.reference.toys import generic_model

N_LAYERS, N_HEADS, D_MODEL, D_VOCAB = 3, 5, 24, 10000
MODEL = generic_model(seed=2).requires_grad_(requires_grad=False)
few = settings(max_examples=15, deadline=None)
orders = st.permutations(range(N_HEADS))
seeds = st.integers(0, 2**32 - 1)


def _prev_token_scores(model: Model) -> Float[np.ndarray, "n_layers n_heads"]:
    torch.manual_seed(5)
    return reference.compute_prev_token_scores(model, 9, 2)


MATRICES: dict[str, Callable[[Model], Float[np.ndarray, "n_layers n_heads"]]] = {
    "induction": lambda model: reference.compute_induction_scores(model, 6, 2),
    "previous-token": _prev_token_scores,
}


def renumbered(orders: list[list[int]]) -> HookedTransformer:
    """Return the model with the heads of each layer in another order."""
    model = copy.deepcopy(MODEL)
    for block, order in zip(model.blocks, orders, strict=True):
        for name, weight in block.attn.named_parameters():
            if name != "b_O":
                weight.copy_(weight[order].clone())
    return model


def relabelled(label: Tensor) -> HookedTransformer:
    """Return the model with token t renumbered to label[t]."""
    model = copy.deepcopy(MODEL)
    model.W_E[label] = MODEL.W_E.clone()
    model.W_U[:, label] = MODEL.W_U.clone()
    model.b_U[label] = MODEL.b_U.clone()
    return model


def turned(basis: Float[Tensor, "d_model d_model"]) -> HookedTransformer:
    """Return the model with its residual stream in another orthonormal basis."""
    model = copy.deepcopy(MODEL)
    for weight in (model.embed.W_E, model.pos_embed.W_pos):
        weight.copy_(weight @ basis)
    for block in model.blocks:
        for weight in (block.attn.W_Q, block.attn.W_K, block.attn.W_V):
            weight.copy_(basis.T @ weight)
        block.attn.W_O.copy_(block.attn.W_O @ basis)
        block.attn.b_O.copy_(block.attn.b_O @ basis)
    model.unembed.W_U.copy_(basis.T @ model.unembed.W_U)
    return model


@few
@given(st.lists(orders, min_size=N_LAYERS, max_size=N_LAYERS))
def test_renumbered_heads(orders: list[list[int]]) -> None:
    """Scores, compositions and ablations move with the heads to their new numbers."""
    model = renumbered(orders)
    at = np.array(orders)
    for measure in MATRICES.values():
        expected = np.take_along_axis(measure(MODEL), at, axis=1)
        np.testing.assert_allclose(measure(model), expected, rtol=0, atol=2e-6)
    before, after = reference.compute_compositions(MODEL), reference.compute_compositions(model)
    for source, target in ((0, 1), (0, 2), (1, 2)):
        expected = before[source][:, target][np.ix_(at[source], at[target])]
        np.testing.assert_allclose(after[source][:, target], expected, rtol=0, atol=1e-9)
    tokens = reference.create_repeated_sequence(6, seed=1)
    heads, moved = [(1, 3), (2, 0)], [(1, orders[1].index(3)), (2, orders[2].index(0))]
    for method in reference.ABLATION_METHODS:
        torch.testing.assert_close(
            reference.ablate_heads(model, tokens, moved, method),
            reference.ablate_heads(MODEL, tokens, heads, method),
            rtol=1e-4,
            atol=1e-4,
        )


@few
@given(seeds)
def test_relabelled_tokens(seed: int) -> None:
    """On renumbered tokens, scores, loss and accuracy are the same."""
    label = torch.randperm(D_VOCAB, generator=torch.Generator().manual_seed(seed))
    model = relabelled(label)
    expected: list[ArrayLike] = [
        reference.compute_induction_scores(MODEL, 6, 2),
        reference.measure_induction_loss(MODEL, 6, [(0, 1)], 2),
        reference.test_induction_accuracy(MODEL, 6, 2),
    ]
    drawn = sequences.create_repeated_sequence

    def translated(seq_len: int, seed: int | None = None) -> Tensor:
        return label[drawn(seq_len, seed)]

    sequences.create_repeated_sequence = translated  # type: ignore[assignment]
    try:
        measured: list[ArrayLike] = [
            reference.compute_induction_scores(model, 6, 2),
            reference.measure_induction_loss(model, 6, [(0, 1)], 2),
            reference.test_induction_accuracy(model, 6, 2),
        ]
    finally:
        sequences.create_repeated_sequence = drawn
    for value, same in zip(measured, expected, strict=True):
        np.testing.assert_allclose(np.asarray(value), np.asarray(same), rtol=0, atol=1e-5)


@few
@given(seeds)
def test_another_basis(seed: int) -> None:
    """Rotating the residual stream does not change scores, compositions and losses."""
    generator = torch.Generator().manual_seed(seed)
    model = turned(torch.linalg.qr(torch.randn(D_MODEL, D_MODEL, generator=generator)).Q)
    for measure in MATRICES.values():
        np.testing.assert_allclose(measure(model), measure(MODEL), rtol=0, atol=1e-4)
    for kind in reference.COMPOSITIONS:
        ratios = reference.compute_compositions(model, kind, circuit=True)
        expected = reference.compute_compositions(MODEL, kind, circuit=True)
        np.testing.assert_allclose(ratios, expected, rtol=0, atol=1e-5)
    loss = reference.measure_induction_loss(model, 6, [(0, 1)], 2)
    np.testing.assert_allclose(loss, reference.measure_induction_loss(MODEL, 6, [(0, 1)], 2), 1e-3)


@few
@given(seeds, st.integers(1, 4), st.integers(2, 8))
def test_more_samples_are_a_mean(seed: int, n_samples: int, seq_len: int) -> None:
    """Scores over samples are the mean of each sample's scores, read from its full pattern."""
    model = generic_model(seed)
    each = []
    for sample in range(n_samples):
        tokens = reference.create_repeated_sequence(seq_len, seed=sample)
        patterns = scores.read_patterns(model, tokens, lambda pattern: pattern[0], range(N_LAYERS))
        queries = range(seq_len, 2 * seq_len)
        stripes = [[patterns[layer][:, q, q - seq_len + 1] for q in queries] for layer in patterns]
        each.append(torch.stack([torch.stack(s).double().mean(0) for s in stripes]).numpy())
    expected = np.mean(each, axis=0)
    measured = reference.compute_induction_scores(model, seq_len, n_samples)
    np.testing.assert_allclose(measured, expected, rtol=0, atol=2e-6)
