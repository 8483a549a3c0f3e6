"""Variants of compute_k_composition: the lab's formula, and other ways to the Frobenius ratio."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from transformer_lens import FactoredMatrix

from reference.induction_heads.arguments import Model


def k_composition_as_printed(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Contract W_K with the side the source reads, as the lab prints: ||W_K^T OV|| normalised."""
    if target_layer <= source_layer:
        return 0.0
    OV = (model.W_V[source_layer, source_head] @ model.W_O[source_layer, source_head]).detach()
    W_K = model.W_K[target_layer, target_head].detach()
    return float((W_K.T @ OV).norm() / (W_K.norm() * OV.norm() + 1e-10))


def k_composition_corrected_lab(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Keep the lab's steps and its 1e-10, with W_K on the side the source writes to."""
    if target_layer <= source_layer:
        return 0.0
    W_O = model.W_O[source_layer, source_head]
    W_V = model.W_V[source_layer, source_head]
    W_K = model.W_K[target_layer, target_head]
    OV = W_V @ W_O
    composition = (OV @ W_K).norm().item()
    normalized: float = composition / (OV.norm().item() * W_K.norm().item() + 1e-10)
    return normalized


@torch.no_grad()
def k_composition_transposed(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Write it for column vectors: ||W_K^T OV^T||."""
    if not source_layer < target_layer:
        return 0.0
    OV = (model.W_V[source_layer, source_head] @ model.W_O[source_layer, source_head]).T
    W_K = model.W_K[target_layer, target_head].T
    return float((W_K @ OV).norm() / W_K.norm() / OV.norm())


@torch.no_grad()
def k_composition_float64(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Compute in double precision, with matrix_norm."""
    if target_layer <= source_layer:
        return 0.0
    OV = (
        model.W_V[source_layer, source_head].double()
        @ model.W_O[source_layer, source_head].double()
    )
    W_K = model.W_K[target_layer, target_head].double()
    norms = [torch.linalg.matrix_norm(M, ord="fro") for M in (OV @ W_K, OV, W_K)]
    score: float = (norms[0] / (norms[1] * norms[2])).item()
    return score


def k_composition_numpy(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Compute with NumPy."""
    if target_layer <= source_layer:
        return 0.0
    W_V = model.W_V[source_layer, source_head].detach().cpu().numpy()
    W_O = model.W_O[source_layer, source_head].detach().cpu().numpy()
    W_K = model.W_K[target_layer, target_head].detach().cpu().numpy()
    written = W_V @ W_O
    norm = np.linalg.norm
    return float(norm(written @ W_K) / (norm(written) * norm(W_K)))


def k_composition_einsum(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Name the axes of both products."""
    if target_layer <= source_layer:
        return 0.0
    W_V, W_O = model.W_V[source_layer, source_head], model.W_O[source_layer, source_head]
    W_K = model.W_K[target_layer, target_head]
    OV = torch.einsum("ih,ho->io", W_V, W_O)
    keys = torch.einsum("io,ok->ik", OV, W_K)
    score: float = (keys.norm() / (OV.norm() * W_K.norm())).item()
    return score


def k_composition_factored(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Leave the OV circuit factored."""
    if target_layer <= source_layer:
        return 0.0
    OV = FactoredMatrix(model.W_V[source_layer, source_head], model.W_O[source_layer, source_head])
    W_K = model.W_K[target_layer, target_head]
    score: float = ((OV @ W_K).norm() / (OV.norm() * W_K.norm())).item()
    return score


def k_composition_factored_model(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Take the OV circuit that the model has factored."""
    if target_layer <= source_layer:
        return 0.0
    OV = model.OV[source_layer, source_head].AB
    W_K = model.W_K[target_layer, target_head]
    score: float = ((OV @ W_K).norm() / (OV.norm() * W_K.norm())).item()
    return score


@torch.no_grad()
def k_composition_tensor(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> Float[Tensor, ""]:
    """Return a tensor without dimensions, multiplied from the right."""
    if target_layer <= source_layer:
        return torch.tensor(0.0)
    W_V, W_O = model.W_V[source_layer, source_head], model.W_O[source_layer, source_head]
    W_K = model.W_K[target_layer, target_head]
    score: Tensor = (W_V @ (W_O @ W_K)).norm() / ((W_V @ W_O).norm() * W_K.norm())
    return score


@torch.no_grad()
def k_composition_trace(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Take each squared norm as the trace of M^T M."""
    if target_layer <= source_layer:
        return 0.0
    OV = model.W_V[source_layer, source_head] @ model.W_O[source_layer, source_head]
    W_K = model.W_K[target_layer, target_head]
    composed, written, read = (torch.trace(M.T @ M).sqrt() for M in (OV @ W_K, OV, W_K))
    return float(composed / (written * read))


@torch.no_grad()
def k_composition_squares(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Add up squares and take one root."""
    if target_layer <= source_layer:
        return 0.0
    OV = model.W_V[source_layer, source_head] @ model.W_O[source_layer, source_head]
    W_K = model.W_K[target_layer, target_head]
    squares = (OV**2).sum() * (W_K**2).sum()
    return float(np.sqrt((((OV @ W_K) ** 2).sum() / squares).item()))


@torch.no_grad()
def k_composition_singular_values(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Take each norm from the singular values, all of them."""
    if target_layer <= source_layer:
        return 0.0
    OV = model.W_V[source_layer, source_head] @ model.W_O[source_layer, source_head]
    W_K = model.W_K[target_layer, target_head]
    composed, written, read = (torch.linalg.svdvals(M).norm() for M in (OV @ W_K, OV, W_K))
    score: float = (composed / (written * read)).item()
    return score


@torch.no_grad()
def k_composition_of_unit_matrices(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Divide each factor by its norm before multiplying them."""
    score = 0.0
    if source_layer < target_layer:
        OV = model.W_V[source_layer, source_head] @ model.W_O[source_layer, source_head]
        W_K = model.W_K[target_layer, target_head]
        score = torch.norm((OV / torch.norm(OV)) @ (W_K / torch.norm(W_K))).item()
    return score
