"""Mistakes in compute_k_composition."""

import torch
from jaxtyping import Float
from torch import Tensor

from reference.induction_heads.arguments import Model

Weights = Float[Tensor, "_ _"]  # two of them in one call need not be of one shape


def _of(model: Model, name: str, layer: int, head: int) -> Weights:
    weights: Tensor = getattr(model, f"W_{name}")[layer, head]
    return weights.detach().double()


def _ov(model: Model, layer: int, head: int) -> Weights:
    return _of(model, "V", layer, head) @ _of(model, "O", layer, head)


def _ratio(first: Weights, second: Weights) -> float:
    return float((first @ second).norm() / (first.norm() * second.norm()))


def k_composition_without_layer_guard(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Give a pair whose target comes first, or at the same time, a composition too."""
    return _ratio(_ov(model, source_layer, source_head), _of(model, "K", target_layer, target_head))


def k_composition_within_layer(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Give two heads of one layer a composition too."""
    if target_layer < source_layer:
        return 0.0
    return _ratio(_ov(model, source_layer, source_head), _of(model, "K", target_layer, target_head))


def k_composition_guard_reversed(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Answer 0 where the target is later, and only there."""
    if target_layer > source_layer:
        return 0.0
    return _ratio(_ov(model, source_layer, source_head), _of(model, "K", target_layer, target_head))


def k_composition_with_W_Q(  # noqa: N802
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Read with the target's queries: Q-composition."""
    if target_layer <= source_layer:
        return 0.0
    return _ratio(_ov(model, source_layer, source_head), _of(model, "Q", target_layer, target_head))


def k_composition_with_W_V(  # noqa: N802
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Read with the target's values: V-composition."""
    if target_layer <= source_layer:
        return 0.0
    return _ratio(_ov(model, source_layer, source_head), _of(model, "V", target_layer, target_head))


def k_composition_with_circuit(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Read with the target's whole circuit, W_K W_Q^T."""
    if target_layer <= source_layer:
        return 0.0
    W_Q = _of(model, "Q", target_layer, target_head)
    circuit = _of(model, "K", target_layer, target_head) @ W_Q.mT
    return _ratio(_ov(model, source_layer, source_head), circuit)


def k_composition_without_W_V(  # noqa: N802
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Leave W_V out of what the source writes."""
    if target_layer <= source_layer:
        return 0.0
    return _ratio(
        _of(model, "O", source_layer, source_head), _of(model, "K", target_layer, target_head)
    )


def k_composition_ov_turned_round(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Multiply W_O W_V, which is d_head x d_head, and put it behind W_K."""
    if target_layer <= source_layer:
        return 0.0
    W_V = _of(model, "V", source_layer, source_head)
    inner = _of(model, "O", source_layer, source_head) @ W_V
    return _ratio(_of(model, "K", target_layer, target_head), inner)


def k_composition_swapped(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Let the target write and the source read."""
    if target_layer <= source_layer:
        return 0.0
    return _ratio(_ov(model, target_layer, target_head), _of(model, "K", source_layer, source_head))


def k_composition_heads_exchanged(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Take the source's head number in the target's layer, and the target's in the source's."""
    if target_layer <= source_layer:
        return 0.0
    return _ratio(_ov(model, source_layer, target_head), _of(model, "K", target_layer, source_head))


def k_composition_not_normalised(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Leave the norm of the product as it is."""
    if target_layer <= source_layer:
        return 0.0
    W_K = _of(model, "K", target_layer, target_head)
    return float((_ov(model, source_layer, source_head) @ W_K).norm())


def k_composition_divided_by_one_norm(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Divide by the norm of W_K alone."""
    if target_layer <= source_layer:
        return 0.0
    W_K = _of(model, "K", target_layer, target_head)
    return float((_ov(model, source_layer, source_head) @ W_K).norm() / W_K.norm())


def k_composition_squared(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Leave the squares of the norms as they are: no root is taken."""
    if target_layer <= source_layer:
        return 0.0
    W_K = _of(model, "K", target_layer, target_head)
    return _ratio(_ov(model, source_layer, source_head), W_K) ** 2


def k_composition_spectral_norm(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Take the largest singular value for the Frobenius norm."""
    if target_layer <= source_layer:
        return 0.0
    ov = _ov(model, source_layer, source_head)
    W_K = _of(model, "K", target_layer, target_head)
    largest = [torch.linalg.matrix_norm(x, ord=2) for x in (ov @ W_K, ov, W_K)]
    return float(largest[0] / (largest[1] * largest[2]))
