"""Builds models with random weights, on which a wrong formula and a right one differ."""

import math

import torch
from transformer_lens import HookedTransformer

from grader.models.config import empty_model
from grader.protocol.model_names import GENERIC_VOCABULARY

D_HEAD, D_MODEL = 16, 40


def random_model(
    seed: int, n_layers: int, n_heads: int, d_vocab: int = GENERIC_VOCABULARY, n_ctx: int = 256
) -> HookedTransformer:
    """Build an attention-only model with random weights and biases, on the CPU and in float32.

    Args:
        seed: Seed of all weights; the global random state is left alone.
        n_layers: Number of layers.
        n_heads: Heads in each layer.
        d_vocab: Number of tokens.
        n_ctx: Number of positions.
    """
    model = empty_model(
        n_layers=n_layers,
        n_heads=n_heads,
        d_model=D_MODEL,
        d_head=D_HEAD,
        n_ctx=n_ctx,
        d_vocab=d_vocab,
    )
    generator = torch.Generator(device="cpu").manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.normal_(0.0, _scale(name.rpartition(".")[2], n_heads), generator=generator)
    return model.eval().requires_grad_(requires_grad=False)


def _scale(weight: str, n_heads: int) -> float:
    """Return a standard deviation with which attention is uneven and every head affects logits."""
    return {
        "W_E": 1.0,
        "W_pos": 0.5,
        "W_Q": 1.2 / math.sqrt(D_MODEL),
        "W_K": 1.2 / math.sqrt(D_MODEL),
        "W_V": 1.0 / math.sqrt(D_MODEL),
        "W_O": 1.0 / math.sqrt(D_HEAD * n_heads),
        "W_U": 1.5 / math.sqrt(D_MODEL),
    }.get(weight, 0.3)
