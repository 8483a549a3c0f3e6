"""Mistakes in compute_k_composition."""

import torch
from torch import Tensor

from reference.induction_heads.arguments import Model


def _ov(model: Model, layer: int, head: int) -> Tensor:
    ov: Tensor = model.W_V[layer, head].detach() @ model.W_O[layer, head].detach()
    return ov


def _ratio(first: Tensor, second: Tensor) -> float:
    return float((first @ second).norm() / (first.norm() * second.norm()))


def k_composition_without_layer_guard(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Give a pair whose target comes first, or at the same time, a composition too."""
    return _ratio(
        _ov(model, source_layer, source_head), model.W_K[target_layer, target_head].detach()
    )


def k_composition_with_W_Q(  # noqa: N802
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Read with the target's queries: Q-composition."""
    if target_layer <= source_layer:
        return 0.0
    return _ratio(
        _ov(model, source_layer, source_head), model.W_Q[target_layer, target_head].detach()
    )


def k_composition_not_normalised(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Leave the norm of the product as it is."""
    if target_layer <= source_layer:
        return 0.0
    W_K = model.W_K[target_layer, target_head].detach()
    return float((_ov(model, source_layer, source_head) @ W_K).norm())


def k_composition_spectral_norm(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Take the largest singular value for the Frobenius norm."""
    if target_layer <= source_layer:
        return 0.0
    ov = _ov(model, source_layer, source_head)
    W_K = model.W_K[target_layer, target_head].detach()
    largest = [torch.linalg.matrix_norm(x, ord=2) for x in (ov @ W_K, ov, W_K)]
    return float(largest[0] / (largest[1] * largest[2]))


def k_composition_swapped(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Let the target write and the source read."""
    if target_layer <= source_layer:
        return 0.0
    return _ratio(
        _ov(model, target_layer, target_head), model.W_K[source_layer, source_head].detach()
    )
