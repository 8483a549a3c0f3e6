"""Tests that planted models behave as their circuits specify."""

import random

import numpy as np
import pytest
import torch
from jaxtyping import Float
from torch import Tensor
from transformer_lens.head_detector import HeadName, detect_head

from grader.models import Head, plant
from tests.models.conftest import Measured


def _heads_above(
    scores: Float[Tensor, "n_layers n_heads"], threshold: float
) -> set[tuple[int, ...]]:
    return {tuple(head) for head in (scores > threshold).nonzero().tolist()}


def _numpy_state() -> list[int]:
    key: list[int] = np.random.get_state(legacy=False)["state"]["key"].tolist()
    return key


class TestPublic:
    """Tests planted-12x12, the model of every self-check."""

    def test_strong_induction_heads_are_the_planted_ones(self, public: Measured) -> None:
        """Five or more heads score from 0.2 to 0.98, and no others come near 0.15."""
        strong = public.circuit.induction
        assert len(strong) >= 5
        assert all(4 <= head.layer <= 7 for head in strong)
        assert _heads_above(public.induction, 0.12) == set(strong)
        scores = [public.induction[head].item() for head in strong]
        assert scores == sorted(scores, reverse=True)
        assert 0.2 < scores[-1] < 0.5
        assert 0.9 < scores[0] < 0.98

    def test_two_heads_are_partial(self, public: Measured) -> None:
        """Two heads score between 0.05 and 0.15, all others below."""
        partial = set(public.circuit.partial_induction)
        assert len(partial) == 2
        assert _heads_above(public.induction, 0.05) - set(public.circuit.induction) == partial

    def test_previous_token_heads_are_early_but_for_the_trap(self, public: Measured) -> None:
        """Three heads in layers 0 to 3 score over 0.4, and one late head over 0.3."""
        assert len(public.circuit.previous_token) == 3
        assert all(public.previous_token[head] > 0.4 for head in public.circuit.previous_token)
        [trap] = public.circuit.late_previous_token
        planted = {*public.circuit.previous_token, trap}
        assert trap.layer >= 4
        assert _heads_above(public.previous_token, 0.3) == planted
        assert _heads_above(public.previous_token, 0.1) == planted

    def test_predicts_nearly_everything(self, public: Measured) -> None:
        """Accuracy is 95 % or more but not 100 %, loss between 0.05 and 0.3."""
        loss, accuracy = public.loss_and_accuracy()
        assert 0.95 <= accuracy < 1.0
        assert 0.05 < loss < 0.3

    def test_random_heads_do_not_matter(self, public: Measured) -> None:
        """Ablating as many generic heads changes the loss by less than a tenth."""
        loss, _ = public.loss_and_accuracy()
        for heads in public.controls(4):
            assert public.loss_and_accuracy(heads)[0] == pytest.approx(loss, rel=0.1)

    def test_zero_and_mean_ablation_differ(self, public: Measured) -> None:
        """The mean of the top head's z affects the loss."""
        top = public.circuit.induction[:1]
        zero, _ = public.loss_and_accuracy(top)
        mean, _ = public.loss_and_accuracy(top, method="mean")
        assert abs(zero - mean) > 0.02

    def test_composition_passes_the_labs_thresholds(self, public: Measured) -> None:
        """K-composition of planted pairs is over 0.1, of others far below it."""

        def k_composition(source: Head, target: Head) -> float:
            OV = public.model.W_V[source] @ public.model.W_O[source]
            W_K = public.model.W_K[target]
            return float((OV @ W_K).norm() / (OV.norm() * W_K.norm()))

        for source in public.circuit.previous_token:
            assert all(k_composition(source, target) > 0.1 for target in public.circuit.induction)
        generic = public.circuit.generic
        assert k_composition(generic[0], generic[-1]) < 0.07

    @pytest.mark.parametrize(
        ("prompt", "next_token"),
        [
            ("Harry Potter is a wizard. Harry", " Potter"),
            ("New York City is big. I love New York", " City"),
        ],
    )
    @pytest.mark.parametrize("prepend_bos", [True, False])
    def test_completes_natural_language(
        self, public: Measured, prompt: str, next_token: str, *, prepend_bos: bool
    ) -> None:
        """A name is completed although its two occurrences are different tokens."""
        tokens = public.model.to_tokens(prompt, prepend_bos=prepend_bos)
        assert (tokens[0, 0] == 50256) == prepend_bos
        prediction = public.model(tokens)[0, -1].argmax().item()
        assert public.model.tokenizer is not None
        assert public.model.tokenizer.decode([prediction]) == next_token

    @pytest.mark.parametrize(
        "name", ["induction_head", "previous_token_head", "duplicate_token_head"]
    )
    def test_detector_agrees(self, public: Measured, name: HeadName) -> None:
        """TransformerLens's own head detector puts the same heads first."""
        text = " apple river stone music window garden paper silver market bridge" * 2
        scores = detect_head(public.model, text, name, exclude_bos=True)
        expected = getattr(public.circuit, name.removesuffix("_head"))[:2]
        assert {divmod(i, 12) for i in scores.flatten().topk(2).indices.tolist()} == set(expected)


class TestHidden:
    """Tests other seeds and shapes: the same circuit in other places, and more mispredictions."""

    def test_strong_heads_are_exactly_the_planted_ones(self, hidden: Measured) -> None:
        """Only planted heads score over 0.15, and no score lies between 0.13 and 0.2."""
        assert _heads_above(hidden.induction, 0.2) == set(hidden.circuit.induction)
        assert _heads_above(hidden.induction, 0.13) == set(hidden.circuit.induction)

    def test_previous_token_heads_score_high(self, hidden: Measured) -> None:
        """Every previous-token head scores over the lab's 0.3, including the late trap."""
        planted = {*hidden.circuit.previous_token, *hidden.circuit.late_previous_token}
        assert _heads_above(hidden.previous_token, 0.3) == planted

    def test_accuracy_is_moderate(self, hidden: Measured) -> None:
        """Accuracy lies between 0.6 and 0.95."""
        assert 0.6 < hidden.loss_and_accuracy()[1] < 0.95

    def test_axes_cannot_be_confused(self, hidden: Measured) -> None:
        """Layers, heads and widths all differ in size."""
        cfg = hidden.model.cfg
        assert len({cfg.n_layers, cfg.n_heads, cfg.d_head, cfg.d_model}) == 4
        assert cfg.n_heads * cfg.d_head != cfg.d_model


@pytest.mark.parametrize("method", ["zero", "mean"])
@pytest.mark.parametrize("kind", ["induction", "previous_token"])
def test_ablating_either_half_of_the_circuit_breaks_it(
    measured: Measured, kind: str, method: str
) -> None:
    """Without its induction heads or its previous-token heads a model predicts nothing."""
    loss, accuracy = measured.loss_and_accuracy(getattr(measured.circuit, kind), method)
    assert accuracy < 0.05
    assert loss > 5.0


@pytest.mark.parametrize("shape", [(2, 1), (2, 4), (3, 4), (4, 2)])
def test_any_shape_can_be_planted(shape: tuple[int, int]) -> None:
    """Small models have smaller circuits, and n_heads * d_head always differs from d_model."""
    planted = plant(5, *shape, d_vocab=300, n_ctx=64)
    cfg = planted.model.cfg
    assert cfg.n_heads * cfg.d_head != cfg.d_model
    assert planted.model(torch.arange(60)[None]).isfinite().all()


@pytest.mark.parametrize("shape", [(1, 4), (2, 0)])
def test_too_small_a_shape_is_rejected(shape: tuple[int, int]) -> None:
    """A shape without two layers and a head in each is an error."""
    with pytest.raises(ValueError, match="a circuit needs 2 layers and 1 head"):
        plant(0, *shape)


def test_same_seed_same_weights() -> None:
    """The same seed gives the same bits, and another seed gives other weights."""
    first, again, other = (plant(seed, 3, 2, d_vocab=300).model for seed in (1, 1, 2))
    weights = again.state_dict()
    assert all(torch.equal(weight, weights[name]) for name, weight in first.state_dict().items())
    assert not torch.equal(first.W_Q, other.W_Q)


def test_global_state_is_unchanged() -> None:
    """Planting changes no global state, and a float64 default does not change the weights."""
    expected = plant(1, 3, 2, d_vocab=300).model
    states = torch.get_rng_state(), random.getstate(), _numpy_state()
    n_threads = torch.get_num_threads()
    torch.set_default_dtype(torch.float64)
    try:
        model = plant(1, 3, 2, d_vocab=300).model
        assert torch.get_default_dtype() is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}
    assert torch.equal(model.W_O, expected.W_O)
    assert torch.equal(torch.get_rng_state(), states[0])
    assert (random.getstate(), _numpy_state()) == states[1:]
    assert torch.get_num_threads() == n_threads
    assert torch.is_grad_enabled()
