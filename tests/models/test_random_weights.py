"""Tests models with random weights."""

from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor
from transformer_lens.hook_points import HookPoint

from grader.models import random_model


def test_no_weight_or_bias_is_zero() -> None:
    """No parameter is zero, and n_heads * d_head differs from d_model."""
    model = random_model(0, 3, 5)
    assert all((weight != 0).all() for weight in model.parameters())
    assert model.cfg.n_heads * model.cfg.d_head != model.cfg.d_model


def test_attention_is_uneven_and_heads_matter() -> None:
    """Some keys get much more attention than others, and ablating any head changes the logits."""
    model = random_model(1, 3, 5)
    tokens = torch.arange(40)[None]
    logits, cache = model.run_with_cache(tokens)
    sharpest = cache["pattern", 1][0, :, 20:].amax(dim=-1)
    assert 0.1 < sharpest.mean() < 0.9

    for layer in range(3):
        for head in range(5):
            hook = (f"blocks.{layer}.attn.hook_z", partial(_ablate, head=head))
            ablated = model.run_with_hooks(tokens, fwd_hooks=[hook])
            assert (ablated - logits).std() > 0.01 * logits.std()  # type: ignore[attr-defined]  # a Tensor


def _ablate(
    z: Float[Tensor, "batch pos head_index d_head"],
    hook: HookPoint,  # noqa: ARG001 - TransformerLens passes the hook point
    head: int,
) -> Float[Tensor, "batch pos head_index d_head"]:
    ablated = z.clone()
    ablated[:, :, head] = 0.0
    return ablated


def test_same_seed_same_weights() -> None:
    """The seed determines all weights, and the global random state is unchanged."""
    state = torch.get_rng_state()
    first, again, other = (random_model(seed, 2, 3) for seed in (1, 1, 2))
    assert torch.equal(first.W_K, again.W_K)
    assert torch.equal(first.b_K, again.b_K)
    assert not torch.equal(first.W_K, other.W_K)
    assert torch.equal(torch.get_rng_state(), state)
