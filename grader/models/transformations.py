"""The same model in disguise: what may not change its answers, so no answer need be known.

A disguise rewrites weights in place. What an answer about the disguised model must be follows from
the answer about the plain one: the same, or the same in another order.
"""

from collections.abc import Callable, Iterable, Mapping

import torch
from jaxtyping import Float
from torch import Tensor
from transformer_lens import HookedTransformer

BLUR = 0.35
"""How large attention scores stay: planted models are then right about every third time."""


def disguise(model: HookedTransformer, names: Iterable[str]) -> None:
    """Put a model in disguises, one after the other; the same one twice turns it twice.

    Args:
        model: Planted or generic; its weights are rewritten in place.
        names: Of `heads`, `tokens`, `scale` and `blurred`.
    """
    with torch.no_grad():
        for name in names:
            DISGUISES[name](model)


def _renumber_heads(model: HookedTransformer) -> None:
    """Let head h of every layer be head h + 1, the last one head 0: the logits stay."""
    for block in model.blocks:
        attn = block.attn
        for weight in (attn.W_Q, attn.W_K, attn.W_V, attn.W_O, attn.b_Q, attn.b_K, attn.b_V):
            _turn(weight, 0)


def _renumber_tokens(model: HookedTransformer) -> None:
    """Let token t be token t + 1, the last one token 0: patterns of the same text stay."""
    _turn(model.embed.W_E, 0)
    _turn(model.unembed.W_U, -1)
    _turn(model.unembed.b_U, -1)


def _rescale(model: HookedTransformer) -> None:
    """Double every value and key, halve every output and query: logits and patterns stay.

    So do ratios of norms, such as K-composition's; norms themselves do not. Factors of two are
    exact: nothing is rounded that was not before.
    """
    for block in model.blocks:
        attn = block.attn
        for weight in (attn.W_V, attn.b_V, attn.W_K, attn.b_K):
            weight.mul_(2.0)
        for weight in (attn.W_O, attn.W_Q, attn.b_Q):
            weight.mul_(0.5)


def _blur(model: HookedTransformer) -> None:
    """Let every head attend less sharply: wrong predictions are then often tokens of the text.

    This one changes the answers: a right prediction and one that is some token of the text differ.
    """
    for block in model.blocks:
        block.attn.W_Q.mul_(BLUR)
        block.attn.b_Q.mul_(BLUR)


def _turn(weight: Float[Tensor, "..."], dim: int) -> None:
    weight.copy_(weight.roll(1, dims=dim))


DISGUISES: Mapping[str, Callable[[HookedTransformer], None]] = {
    "heads": _renumber_heads,
    "tokens": _renumber_tokens,
    "scale": _rescale,
    "blurred": _blur,
}
