"""Tests K-composition of one pair of heads."""

import copy
import itertools

import pytest
import torch
from transformer_lens import FactoredMatrix, HookedTransformer
from transformer_lens.model_bridge import TransformerBridge

from reference.induction_heads import compute_k_composition

PAIRS = [(0, 1, 1, 2), (0, 4, 2, 0), (1, 3, 2, 3)]


@pytest.mark.parametrize("pair", PAIRS)
def test_is_the_ratio_of_the_full_products(
    generic: HookedTransformer, pair: tuple[int, ...]
) -> None:
    """The ratio equals that of the products computed in full."""
    source, target = pair[:2], pair[2:]
    OV = generic.W_V[source] @ generic.W_O[source]
    W_K = generic.W_K[target]
    expected = (OV @ W_K).norm() / (OV.norm() * W_K.norm())
    assert compute_k_composition(generic, *pair) == pytest.approx(expected.item(), rel=1e-5)


def test_is_the_factored_matrix_ratio(model: HookedTransformer) -> None:
    """TransformerLens's factored matrices give the same ratio."""
    for source_head, target_head in itertools.product(range(2), range(2)):
        OV = FactoredMatrix(model.W_V[0, source_head], model.W_O[0, source_head])
        W_K = model.W_K[2, target_head]
        expected = (OV @ W_K).norm() / (OV.norm() * W_K.norm())
        composition = compute_k_composition(model, 0, source_head, 2, target_head)
        assert composition == pytest.approx(expected.item(), rel=1e-4)


def test_composing_fully(generic: HookedTransformer) -> None:
    """A source that writes one direction and a target that reads it compose with 1."""
    composing = copy.deepcopy(generic)
    with torch.no_grad():
        composing.blocks[0].attn.W_O[0].zero_()
        composing.blocks[0].attn.W_O[0][:, 3] = 1.0
        composing.blocks[2].attn.W_K[1].zero_()
        composing.blocks[2].attn.W_K[1][3] = 1.0
    assert compute_k_composition(composing, 0, 0, 2, 1) == pytest.approx(1.0)


def test_scale_does_not_matter(generic: HookedTransformer) -> None:
    """Rescaling weights does not change the ratio, and weights of zero give 0."""
    scaled = copy.deepcopy(generic)
    expected = compute_k_composition(scaled, 0, 1, 2, 3)
    with torch.no_grad():
        scaled.blocks[0].attn.W_V[1] *= 1e-4
        scaled.blocks[2].attn.W_K[3] *= 1e-4
        assert compute_k_composition(scaled, 0, 1, 2, 3) == pytest.approx(expected, rel=1e-5)
        scaled.blocks[0].attn.W_V[1] *= 0
    assert compute_k_composition(scaled, 0, 1, 2, 3) == 0.0


@pytest.mark.parametrize("layers", [(1, 1), (2, 1), (2, 0)])
def test_heads_do_not_compose_backwards(
    generic: HookedTransformer, layers: tuple[int, int]
) -> None:
    """The ratio is 0 if the target's layer is not later than the source's."""
    assert compute_k_composition(generic, layers[0], 0, layers[1], 1) == 0.0


def test_bridge_composes_alike(bridge: TransformerBridge) -> None:
    """A TransformerBridge gives the ratio of its weights."""
    OV = bridge.W_V[0, 1] @ bridge.W_O[0, 1]
    expected = (OV @ bridge.W_K[2, 3]).norm() / (OV.norm() * bridge.W_K[2, 3].norm())
    composition = compute_k_composition(bridge, 0, 1, 2, 3)
    assert composition == pytest.approx(expected.item(), rel=1e-5)


def test_heads_are_checked(generic: HookedTransformer) -> None:
    """A head that does not exist is rejected by its role, before layers are compared."""
    with pytest.raises(ValueError, match=r"source_layer must be from 0 to 2 .* got 3"):
        compute_k_composition(generic, 3, 0, 1, 0)
    with pytest.raises(ValueError, match=r"target_head must be from 0 to 4 .* got 5"):
        compute_k_composition(generic, 0, 0, 1, 5)
