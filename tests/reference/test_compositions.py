"""Tests the compositions of all pairs of heads."""

import copy
import itertools

import numpy as np
import pytest
import torch
from transformer_lens import HookedTransformer
from transformer_lens.model_bridge import TransformerBridge

from grader.models import load_model
from reference.induction_heads import (
    COMPOSITIONS,
    Composition,
    compute_compositions,
    compute_k_composition,
)
from tests.reference.toys import generic_model

each_kind = pytest.mark.parametrize("kind", COMPOSITIONS)


@each_kind
def test_the_whole_circuit_is_transformer_lens_score(
    generic: HookedTransformer, kind: Composition
) -> None:
    """With the target's whole circuit the ratios equal TransformerLens's composition scores."""
    expected = generic.all_composition_scores(kind).detach().numpy()
    ratios = compute_compositions(generic, kind, circuit=True)
    np.testing.assert_allclose(ratios, expected, rtol=0, atol=1e-5)


@each_kind
def test_the_definition_in_full(generic: HookedTransformer, kind: Composition) -> None:
    """Without the circuit the ratios equal those of products computed in full."""
    reads = {"K": generic.W_K, "Q": generic.W_Q, "V": generic.W_V}[kind].double()
    ratios = compute_compositions(generic, kind)
    for source, target in itertools.product(np.ndindex(3, 5), repeat=2):
        OV = (generic.W_V[source] @ generic.W_O[source]).double()
        expected = (OV @ reads[target]).norm() / (OV.norm() * reads[target].norm())
        later = target[0] > source[0]
        assert ratios[source + target] == pytest.approx(expected.item() * later, abs=1e-6)


def test_k_is_the_labs(generic: HookedTransformer) -> None:
    """Each K-composition equals the lab's function's result for the pair."""
    ratios = compute_compositions(generic)
    for pair in itertools.product(range(3), range(5), range(3), range(5)):
        assert compute_k_composition(generic, *pair) == pytest.approx(ratios[pair], abs=1e-12)


def test_transformer_lens_agrees_on_a_planted_circuit() -> None:
    """On planted heads, some with nearly rank-one weights, the scores equal TransformerLens's."""
    planted = load_model("planted-4x3@5/10000", "cpu")
    expected = planted.all_composition_scores("K").numpy()
    np.testing.assert_allclose(compute_compositions(planted, circuit=True), expected, atol=2e-5)


def test_closed_form_on_one_direction() -> None:
    """A source that writes along u and a target that reads along v compose with |u . v|."""
    generator = torch.Generator().manual_seed(0)
    u, v = torch.nn.functional.normalize(torch.randn(2, 24, generator=generator), dim=-1)
    toy = generic_model(seed=4)
    with torch.no_grad():
        toy.blocks[0].attn.W_O[1] = torch.randn(8, 1, generator=generator) * u
        for weight in (toy.blocks[2].attn.W_K, toy.blocks[2].attn.W_Q, toy.blocks[2].attn.W_V):
            weight[4] = v[:, None] * torch.randn(1, 8, generator=generator)
    for kind in COMPOSITIONS:
        for circuit in (False, True):
            ratio = compute_compositions(toy, kind, circuit=circuit)[0, 1, 2, 4]
            assert ratio == pytest.approx(float((u @ v).abs()), abs=1e-6)


def test_orthogonal_heads_do_not_compose() -> None:
    """A target that reads only directions the source does not write has composition 0."""
    toy = generic_model(seed=4)
    with torch.no_grad():
        toy.blocks[0].attn.W_O[:, :, 12:] = 0
        toy.blocks[1].attn.W_K[:, :12] = 0
    assert compute_compositions(toy)[0, :, 1].max() == 0.0
    assert compute_compositions(toy, circuit=True)[0, :, 1].max() == 0.0


def test_heads_of_zeros_compose_with_nothing(generic: HookedTransformer) -> None:
    """Weights of zero give 0 and not a division by zero."""
    toy = copy.deepcopy(generic)
    with torch.no_grad():
        toy.blocks[0].attn.W_V[0] = 0
        toy.blocks[2].attn.W_K[3] = 0
    for circuit in (False, True):
        ratios = compute_compositions(toy, circuit=circuit)
        assert np.isfinite(ratios).all()
        assert ratios[0, 0].max() == ratios[:, :, 2, 3].max() == 0.0
        assert (ratios[0, 1, 1] > 0).all()


def test_ratios_keep_within_bounds() -> None:
    """Every ratio is between 0 and 1, and 0 if the target's layer is not later."""
    planted = load_model("planted-4x3@5/10000", "cpu")
    for kind in COMPOSITIONS:
        ratios = compute_compositions(planted, kind)
        assert ratios.min() >= 0
        assert ratios.max() <= 1
        earlier = np.tril(ratios.transpose(1, 3, 0, 2).max(axis=(0, 1)))
        assert earlier.max() == 0.0


def test_bridge_gives_its_weights_ratios(bridge: TransformerBridge) -> None:
    """A TransformerBridge gives the ratios of its weights."""
    ratios = compute_compositions(bridge)
    assert ratios.shape == (3, 4, 3, 4)
    expected = compute_k_composition(bridge, 0, 1, 2, 3)
    assert ratios[0, 1, 2, 3] == pytest.approx(expected, abs=1e-12)
