"""Small models to test the reference on: with generic weights, and with a known pattern."""

import torch
from transformer_lens import HookedTransformer, HookedTransformerConfig


def generic_model(seed: int = 0) -> HookedTransformer:
    """Return a model of three layers and five heads with random weights; no two sizes are equal."""
    cfg = HookedTransformerConfig(
        n_layers=3,
        n_heads=5,
        d_model=24,
        d_head=8,
        n_ctx=128,
        d_vocab=10000,
        attn_only=True,
        normalization_type=None,
        device="cpu",
        seed=seed,
    )
    model = HookedTransformer(cfg)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator) * 0.3)
    return model


def stripe_model(back: int, sharpness: list[float]) -> HookedTransformer:
    """Return a one-layer model whose head h prefers position q - back with sharpness[h].

    From position q, head h gives it e^s / (e^s + q) of its attention, with s = sharpness[h].
    """
    n_ctx, n_heads = 64, len(sharpness)
    cfg = HookedTransformerConfig(
        n_layers=1,
        n_heads=n_heads,
        d_model=n_ctx,
        d_head=n_ctx,
        n_ctx=n_ctx,
        d_vocab=10000,
        attn_only=True,
        normalization_type=None,
        use_attn_scale=False,
        device="cpu",
    )
    model = HookedTransformer(cfg)
    with torch.no_grad():
        for weight in model.parameters():
            weight.zero_()
        model.W_pos.copy_(torch.eye(n_ctx))
        attn = model.blocks[0].attn
        for head, preference in enumerate(sharpness):
            attn.W_Q[head, range(back, n_ctx), range(n_ctx - back)] = preference
            attn.W_K[head].copy_(torch.eye(n_ctx))
    return model


def stripe_score(queries: range, sharpness: list[float]) -> torch.Tensor:
    """Return a `stripe_model`'s mean attention along its stripe, in closed form."""
    preferred = torch.tensor(sharpness, dtype=torch.float64).exp()[:, None]
    return (preferred / (preferred + torch.tensor(list(queries)))).mean(dim=1)
