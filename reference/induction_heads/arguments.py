"""Checks the arguments of the lab's functions; errors are one line that says what is allowed.

No check reads a tensor on another device than the CPU, because that would wait for the device.
"""

from collections.abc import Iterable
from operator import index

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor
from transformer_lens import HookedTransformer
from transformer_lens.model_bridge import TransformerBridge

Model = HookedTransformer | TransformerBridge
"""Model classes that the lab's functions accept; they use only what both classes offer."""

FIRST_TOKEN, TOKEN_END = 1000, 10000
"""Range of the random tokens: the first bound is included, the second is not."""


def require_at_least(least: int, **arguments: int) -> None:
    """Check that counts and lengths are whole and large enough.

    Args:
        least: The smallest allowed value.
        **arguments: The values, by the names of the caller's parameters.

    Raises:
        ValueError: If a value is not a whole number or smaller than `least`.
    """
    for name, value in arguments.items():
        if not is_integer(value):
            raise ValueError(f"{name} must be a whole number, got {value!r}")
        if value < least:
            raise ValueError(f"{name} must be at least {least}, got {value}")


def is_integer(value: object) -> bool:
    """Return True for a Python or NumPy integer, but not for 2.0 or a tensor."""
    try:
        index(value)  # type: ignore[arg-type]  # raises TypeError for other types
    except TypeError:
        return False
    return not isinstance(value, Tensor)


def require_model(model: Model) -> None:
    """Check that a model is one of TransformerLens's, by its attributes and not its class.

    Args:
        model: The model.

    Raises:
        ValueError: If the model has no configuration or no hook points.
    """
    if not hasattr(model, "cfg") or not hasattr(model, "hook_dict"):
        kind = type(model).__name__
        raise ValueError(f"model must be a HookedTransformer or TransformerBridge, got a {kind}")


def require_head(model: Model, layer: int, head: int, role: str = "") -> None:
    """Check that the model has a head.

    Args:
        model: The model.
        layer: The head's layer, counted from 0.
        head: The head's number in its layer, counted from 0.
        role: Put before "layer" and "head" in the message, as in "source_layer".

    Raises:
        ValueError: If there is no such layer or head.
    """
    require_model(model)
    for name, value, count in (
        (f"{role}layer", layer, model.cfg.n_layers),
        (f"{role}head", head, model.cfg.n_heads),
    ):
        if not is_integer(value):
            raise ValueError(f"{name} must be a whole number, got {value!r}")
        if not 0 <= value < count:
            raise ValueError(f"{name} must be from 0 to {count - 1} for this model, got {value}")


def require_heads(
    model: Model, heads: Iterable[tuple[int, int]], argument: str
) -> list[tuple[int, int]]:
    """Check a list of heads.

    Args:
        model: The model that must have them.
        heads: Layer and head of each.
        argument: The name of the caller's parameter.

    Returns:
        The same heads as pairs of Python integers.

    Raises:
        ValueError: If an element is not a pair or the model has no such head.
    """
    pairs = list(heads)
    for head in pairs:
        if np.shape(head) != (2,):
            raise ValueError(f"{argument} must hold pairs (layer, head), got {head!r}")
        require_head(model, *head)
    return [(index(layer), index(head)) for layer, head in pairs]


def require_hooks(model: Model, layers: Iterable[int], name: str) -> None:
    """Check that a model has the hook point that a function needs.

    Args:
        model: The model.
        layers: The layers that must have it.
        name: The hook point, such as "hook_pattern".

    Raises:
        ValueError: If it is not a model of TransformerLens, or has no such hook point.
    """
    require_model(model)
    for layer in layers:
        if f"blocks.{layer}.attn.{name}" not in model.hook_dict:
            raise ValueError(
                f"model must have the hook point blocks.{layer}.attn.{name}, and this one has not"
            )


def require_sequences_fit(model: Model, positions: int, seq_len: int) -> None:
    """Check that the lab's random sequences fit a model, in length and in vocabulary.

    Args:
        model: The model.
        positions: Number of positions that a sequence of this `seq_len` takes.
        seq_len: The caller's parameter, for the message.

    Raises:
        ValueError: If the sequences are longer than `n_ctx`, or `d_vocab` is smaller than the
            range of tokens they are drawn from.
    """
    require_model(model)
    n_ctx, d_vocab = model.cfg.n_ctx, model.cfg.d_vocab
    if positions > n_ctx:
        most = seq_len * n_ctx // positions
        raise ValueError(
            f"seq_len must be at most {most} for this model (n_ctx = {n_ctx}), got {seq_len}"
        )
    if d_vocab < TOKEN_END:
        raise ValueError(
            f"model must have a vocabulary of {TOKEN_END} tokens or more, as random tokens are"
            f" drawn from {FIRST_TOKEN} to {TOKEN_END - 1}, got d_vocab = {d_vocab}"
        )


def require_tokens(model: Model, tokens: Int[Tensor, "batch pos"]) -> None:
    """Check tokens that the caller was given.

    Args:
        model: The model they are to be run on.
        tokens: The tokens; their values are checked only if they are on the CPU.

    Raises:
        ValueError: If they are not integers of shape [batch, pos], are empty, have more than
            `n_ctx` positions, or are not in the vocabulary.
    """
    require_model(model)
    shape, dtype = list(tokens.shape), tokens.dtype
    if dtype not in (torch.int64, torch.int32) or len(shape) != 2 or 0 in shape:  # noqa: PLR2004
        raise ValueError(f"tokens must be integers of shape [batch, pos], got {dtype} {shape}")
    n_ctx, d_vocab = model.cfg.n_ctx, model.cfg.d_vocab
    if tokens.shape[1] > n_ctx:
        raise ValueError(
            f"tokens must have at most {n_ctx} positions for this model, got {tokens.shape[1]}"
        )
    if tokens.device.type == "cpu" and not 0 <= int(tokens.min()) <= int(tokens.max()) < d_vocab:
        raise ValueError(
            f"tokens must be from 0 to {d_vocab - 1} for this model,"
            f" got {int(tokens.min())} to {int(tokens.max())}"
        )
