"""Runs forward passes at full precision, in batches that fit a memory budget."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch
from jaxtyping import Int
from torch import Tensor

from reference.induction_heads.arguments import Model, require_at_least

_budget = ContextVar("memory_budget", default=2**29)


@contextmanager
def memory_budget(n_bytes: int) -> Iterator[None]:
    """Set the memory that the activations of one forward pass may take; the default is 512 MiB.

    A smaller budget gives smaller batches, not other results. A batch has at least one sequence,
    even if that exceeds the budget. The model's weights are not counted.

    Args:
        n_bytes: The budget within the `with` block, in bytes.

    Raises:
        ValueError: If it is less than 1.
    """
    require_at_least(1, n_bytes=n_bytes)
    before = _budget.set(n_bytes)
    try:
        yield
    finally:
        _budget.reset(before)


@contextmanager
def exact_inference() -> Iterator[None]:
    """Disable gradients and TF32, which rounds factors to ten bits."""
    precision = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        with torch.inference_mode():
            yield
    finally:
        torch.set_float32_matmul_precision(precision)


def sequence_bytes(model: Model, positions: int, *, logits: bool) -> int:
    """Estimate the peak memory of one sequence's activations in a forward pass.

    The peak is in an attention block, in its MLP, or at the unembedding. The numbers of tensors
    alive at once were measured on TransformerLens 3.9.

    Args:
        model: The model to run.
        positions: Length of the sequence.
        logits: True if the pass computes logits and something is computed from them.

    Returns:
        The estimate in bytes; measured peaks exceed it by at most a tenth.
    """
    cfg = model.cfg
    heads = 5 * cfg.n_heads * (cfg.d_head + positions)
    mlp = 0 if cfg.attn_only else 4 * (cfg.d_mlp or 4 * cfg.d_model)
    unembedding = 3 * cfg.d_vocab if logits else 0
    values = 6 * cfg.d_model + max(heads, mlp, unembedding)
    return positions * values * max(cfg.dtype.itemsize, torch.float32.itemsize)


def forward_batches(
    model: Model, tokens: Int[Tensor, "batch pos"], *, logits: bool = False
) -> tuple[Tensor, ...]:
    """Split sequences into batches that fit the memory budget.

    Args:
        model: The model to run them on.
        tokens: Sequences of equal length.
        logits: True if the model's logits are needed, which take the most memory.

    Returns:
        The sequences in order on the model's device, at least one in each batch.
    """
    batch_size = max(1, _budget.get() // sequence_bytes(model, tokens.shape[1], logits=logits))
    on_device = to_device(tokens, model)
    batches: tuple[Tensor, ...] = on_device.split(batch_size)
    return batches


def to_device(tensor: Tensor, model: Model) -> Tensor:
    """Copy a tensor to a model's device without waiting for the copy."""
    return tensor.to(model.cfg.device, non_blocking=True)
