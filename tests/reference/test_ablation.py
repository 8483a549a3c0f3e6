"""Tests the ablation of heads."""

import copy

import pytest
import torch
from transformer_lens import HookedTransformer
from transformer_lens.model_bridge import TransformerBridge

from reference.induction_heads import ablate_heads, create_repeated_sequence

HEADS = [(0, 1), (2, 3), (2, 0)]


@pytest.fixture
def tokens() -> torch.Tensor:
    """Return two different sequences."""
    return torch.cat([create_repeated_sequence(8, seed) for seed in (0, 1)])


@pytest.mark.parametrize("method", ["zero", "mean"])
def test_nothing_ablated_is_the_model(
    generic: HookedTransformer, tokens: torch.Tensor, method: str
) -> None:
    """Without heads to ablate the logits are the model's, bit for bit."""
    assert torch.equal(ablate_heads(generic, tokens, [], method), generic(tokens))


def test_zero_is_a_head_that_writes_nothing(
    generic: HookedTransformer, tokens: torch.Tensor
) -> None:
    """Zero ablation of heads equals setting their W_O to zero."""
    silent = copy.deepcopy(generic)
    with torch.no_grad():
        for layer, head in HEADS:
            silent.blocks[layer].attn.W_O[head] = 0
    torch.testing.assert_close(ablate_heads(generic, tokens, HEADS), silent(tokens).detach())


def test_mean_keeps_each_dimension(generic: HookedTransformer, tokens: torch.Tensor) -> None:
    """A mean-ablated head writes its mean over batch and position at every position."""
    (layer, head), constant = HEADS[1], copy.deepcopy(generic)
    _, cache = generic.run_with_cache(tokens)
    attn = constant.blocks[layer].attn
    with torch.no_grad():
        attn.b_O.add_(cache["z", layer][:, :, head].mean(dim=(0, 1)) @ attn.W_O[head])
        attn.W_O[head] = 0
    logits = ablate_heads(generic, tokens, [(layer, head)], "mean")
    torch.testing.assert_close(logits, constant(tokens).detach())


def test_order_and_repeats_do_not_matter(generic: HookedTransformer, tokens: torch.Tensor) -> None:
    """The order and number of repetitions of the heads have no effect."""
    expected = ablate_heads(generic, tokens, HEADS)
    assert torch.equal(ablate_heads(generic, tokens, HEADS[::-1] + HEADS), expected)


def test_tokens_stay_as_they_are(generic: HookedTransformer, tokens: torch.Tensor) -> None:
    """The caller's tokens are not changed."""
    before = tokens.clone()
    ablate_heads(generic, tokens, HEADS, "mean")
    assert torch.equal(tokens, before)


def test_hooks_of_the_caller_stay(generic: HookedTransformer, tokens: torch.Tensor) -> None:
    """Hooks that the model already has stay active during the run and after it."""
    seen = []
    with generic.hooks([("blocks.2.attn.hook_z", lambda z, hook: seen.append(hook.name))]):  # noqa: ARG005
        ablate_heads(generic, tokens, HEADS)
        generic(tokens)
    assert len(seen) == 2


def test_bridge_ablates_alike(bridge: TransformerBridge, tokens: torch.Tensor) -> None:
    """With all heads of a layer ablated, a TransformerBridge adds only that layer's bias."""
    everything = [(1, head) for head in range(bridge.cfg.n_heads)]
    b_O = bridge.blocks[1].attn.b_O
    with bridge.hooks([("blocks.1.hook_attn_out", lambda out, hook: b_O.expand_as(out))]):  # noqa: ARG005
        expected = bridge(tokens).detach()
    torch.testing.assert_close(ablate_heads(bridge, tokens, everything), expected)


def test_arguments_are_checked(generic: HookedTransformer, tokens: torch.Tensor) -> None:
    """An unknown method or a head that does not exist is rejected by name."""
    with pytest.raises(ValueError, match="method must be one of zero, mean, got 'median'"):
        ablate_heads(generic, tokens, HEADS, "median")
    with pytest.raises(ValueError, match="layer must be from 0 to 2 for this model, got 3"):
        ablate_heads(generic, tokens, [(3, 0)])
    with pytest.raises(ValueError, match="head must be from 0 to 4 for this model, got -1"):
        ablate_heads(generic, tokens, [(0, -1)])
