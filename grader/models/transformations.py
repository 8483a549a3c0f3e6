"""Weight transformations with a known effect on the answers, so that no answer key is needed.

A transformation rewrites a model's weights in place. The answer about the transformed model follows
from the answer about the original one: it is the same, or the same in another order.
"""

from collections.abc import Callable, Iterable, Mapping

import torch
from jaxtyping import Float
from torch import Tensor
from transformer_lens import HookedTransformer

BLUR_FACTOR = 0.35
"""Factor on attention scores with which planted models predict about one token in three."""


def transform(model: HookedTransformer, names: Iterable[str]) -> None:
    """Apply transformations in order; one that is named twice is applied twice.

    Args:
        model: A planted or generic model, whose weights are rewritten in place.
        names: Names from `TRANSFORMATION_FUNCTIONS`.
    """
    with torch.no_grad():
        for name in names:
            TRANSFORMATION_FUNCTIONS[name](model)


def _renumber_heads(model: HookedTransformer) -> None:
    """Make head h of every layer head h + 1, and the last head 0; the logits stay the same."""
    for block in model.blocks:
        attn = block.attn
        for weight in (attn.W_Q, attn.W_K, attn.W_V, attn.W_O, attn.b_Q, attn.b_K, attn.b_V):
            _roll(weight, 0)


def _renumber_tokens(model: HookedTransformer) -> None:
    """Make token t token t + 1, and the last token 0; patterns of the same text stay the same."""
    _roll(model.embed.W_E, 0)
    _roll(model.unembed.W_U, -1)
    _roll(model.unembed.b_U, -1)


def _rescale(model: HookedTransformer) -> None:
    """Double values and keys, halve outputs and queries; logits and patterns stay the same.

    Ratios of norms, such as K-composition's, stay the same too, but norms do not. Factors of two
    are exact, so that no additional rounding occurs.
    """
    for block in model.blocks:
        attn = block.attn
        for weight in (attn.W_V, attn.b_V, attn.W_K, attn.b_K):
            weight.mul_(2.0)
        for weight in (attn.W_O, attn.W_Q, attn.b_Q):
            weight.mul_(0.5)


def _blur(model: HookedTransformer) -> None:
    """Make every head attend less sharply, so that wrong predictions are often tokens of the text.

    Unlike the others, this transformation changes the answers: it separates code that counts right
    predictions from code that counts any token of the text.
    """
    for block in model.blocks:
        block.attn.W_Q.mul_(BLUR_FACTOR)
        block.attn.b_Q.mul_(BLUR_FACTOR)


def _roll(weight: Float[Tensor, "..."], dim: int) -> None:
    weight.copy_(weight.roll(1, dims=dim))


TRANSFORMATION_FUNCTIONS: Mapping[str, Callable[[HookedTransformer], None]] = {
    "heads": _renumber_heads,
    "tokens": _renumber_tokens,
    "scale": _rescale,
    "blurred": _blur,
}
