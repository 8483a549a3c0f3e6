"""Tests loss and accuracy on repeated sequences."""

import copy
import math
from collections.abc import Sequence

import pytest
import torch
from jaxtyping import Float, Int
from torch import Tensor
from transformer_lens import HookedTransformer
from transformer_lens.model_bridge import TransformerBridge

from reference.induction_heads import (
    Model,
    ablate_heads,
    create_repeated_sequence,
    loss,
    measure_induction_loss,
    memory_budget,
)
from tests.reference.toys import stripe_model

HEADS = [(0, 1), (2, 3)]


def plain_loss(
    model: Model, seq_len: int, heads: list[tuple[int, int]], n_samples: int
) -> tuple[float, float]:
    """Compute loss and accuracy one prediction at a time, in double precision."""
    losses, hits = [], []
    for seed in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed)
        probabilities = ablate_heads(model, tokens, heads)[0].double().softmax(dim=-1)
        for pos in range(seq_len, 2 * seq_len - 1):
            following = int(tokens[0, pos + 1].item())
            losses.append(-math.log(probabilities[pos, following].item()))
            hits.append(int(probabilities[pos].argmax().item()) == following)
    return sum(losses) / len(losses), sum(hits) / len(hits)


@pytest.mark.parametrize("heads", [[], HEADS])
@pytest.mark.parametrize("seq_len", [2, 9])
def test_is_the_mean_of_plain_losses(
    generic: HookedTransformer, seq_len: int, heads: list[tuple[int, int]]
) -> None:
    """Loss and accuracy are means over the second half's predictions."""
    expected = plain_loss(generic, seq_len, heads, 3)
    assert measure_induction_loss(generic, seq_len, heads, 3) == pytest.approx(expected, abs=1e-5)


def test_bridge_is_measured_alike(bridge: TransformerBridge) -> None:
    """A TransformerBridge is measured in the same way."""
    expected = plain_loss(bridge, 9, HEADS, 2)
    assert measure_induction_loss(bridge, 9, HEADS, 2) == pytest.approx(expected, abs=1e-5)


def test_ignorance_costs_the_logarithm_of_the_vocabulary() -> None:
    """A model with uniform logits has the loss of a uniform guess and an accuracy of 0."""
    measured = measure_induction_loss(stripe_model(back=1, sharpness=[1.0]), 10, n_samples=2)
    assert measured == pytest.approx((math.log(10000), 0.0))


def test_no_heads_is_the_baseline(generic: HookedTransformer) -> None:
    """An empty list ablates nothing, as None does."""
    assert measure_induction_loss(generic, 9, []) == measure_induction_loss(generic, 9)


def test_returns_plain_numbers(generic: HookedTransformer) -> None:
    """The result is a tuple of Python floats."""
    measured = measure_induction_loss(generic, 9)
    assert type(measured) is tuple
    assert [type(number) for number in measured] == [float, float]


def test_half_precision_logits_are_not_rounded_again(generic: HookedTransformer) -> None:
    """The loss of bfloat16 logits is computed in single precision."""
    half = copy.deepcopy(generic).to(torch.bfloat16)
    assert measure_induction_loss(half, 9, None, 2) == pytest.approx(
        plain_loss(half, 9, [], 2), abs=1e-4
    )


@pytest.mark.parametrize("heads", [[], HEADS])
def test_batches_do_not_matter(generic: HookedTransformer, heads: list[tuple[int, int]]) -> None:
    """One sequence per pass gives the same loss as all at once, with and without ablation."""
    together = measure_induction_loss(generic, 9, heads)
    with memory_budget(1):
        assert measure_induction_loss(generic, 9, heads) == pytest.approx(together, abs=1e-6)


def test_ablation_is_whatever_ablate_heads_is(
    generic: HookedTransformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loss calls `ablate_heads` by its global name and with the given heads."""
    calls: list[tuple[tuple[int, ...], list[tuple[int, int]]]] = []

    def recording(
        model: Model, tokens: Int[Tensor, "batch pos"], heads: Sequence[tuple[int, int]]
    ) -> Float[Tensor, "batch pos d_vocab"]:
        calls.append((tuple(tokens.shape), list(heads)))
        return ablate_heads(model, tokens, heads)

    monkeypatch.setattr(loss, "ablate_heads", recording)
    measure_induction_loss(generic, 9, HEADS, 2)
    assert calls == [((2, 18), HEADS)]


def test_arguments_are_checked(generic: HookedTransformer) -> None:
    """A length with nothing to predict, or a head that does not exist, is rejected by name."""
    with pytest.raises(ValueError, match="seq_len must be at least 2, got 1"):
        measure_induction_loss(generic, 1)
    with pytest.raises(ValueError, match="n_samples must be at least 1, got 0"):
        measure_induction_loss(generic, 5, None, 0)
    with pytest.raises(ValueError, match="layer must be from 0 to 2 for this model, got 7"):
        measure_induction_loss(generic, 5, [(7, 0)])
