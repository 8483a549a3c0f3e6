"""Composition: measures how much of one head's output another head's keys, queries or values read.

Composition of heads, and the ratio that measures it on the weights alone, are from Elhage et al.
(2021), A Mathematical Framework for Transformer Circuits.
"""

from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from reference.induction_heads.arguments import Model, require_head, require_model

Composition = Literal["K", "Q", "V"]
"""The target's matrix that reads the source: its keys, queries or values."""

COMPOSITIONS: tuple[Composition, ...] = ("K", "Q", "V")


def compute_k_composition(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Measure how much of what the source head writes the target head's keys read.

    Weights act on row vectors from the right, so the source adds x W_V W_O to the residual stream
    and the target's key of that is x W_V W_O W_K, with W_V and W_O the source's and W_K the
    target's. In Frobenius norms:

        K-composition = ||W_V W_O W_K|| / (||W_V W_O|| ||W_K||)

    Args:
        model: The model with both heads.
        source_layer: Layer of the head that writes.
        source_head: Its number in the layer.
        target_layer: Layer of the head that reads.
        target_head: Its number in the layer.

    Returns:
        The ratio, from 0 to 1; 0 if the target's layer is not later, or if either head's
        weights are zero.

    Raises:
        ValueError: If the model has no such source or target head.
    """
    require_head(model, source_layer, source_head, "source_")
    require_head(model, target_layer, target_head, "target_")
    if target_layer <= source_layer:
        return 0.0
    with torch.inference_mode():
        W_V = model.W_V[source_layer, source_head].double()[None]
        W_O = model.W_O[source_layer, source_head].double()[None]
        W_K = model.W_K[target_layer, target_head].double()[None]
        return layer_compositions(W_V, W_O, W_K).item()


def compute_compositions(
    model: Model, kind: Composition = "K", *, circuit: bool = False
) -> Float[np.ndarray, "source_layer source_head target_layer target_head"]:
    """Measure the composition of every head with every later one, in double precision.

    A pair costs products of d_head x d_head matrices only. With W_V, W_O the source's weights and
    the primed ones the target's, in Frobenius norms:

        K: ||W_V W_O W_K'|| / (||W_V W_O|| ||W_K'||), and with `circuit` W_K' W_Q'^T for W_K'
        Q: the same with W_Q' for W_K', and with `circuit` W_Q' W_K'^T
        V: the same with W_V', and with `circuit` W_V' W_O'

    With `circuit` these are the scores of Elhage et al. (2021), which TransformerLens has as
    `all_composition_scores`; without, K is the lab's.

    Args:
        model: The model whose heads to compare.
        kind: The target's matrix that reads the source: its keys, queries or values.
        circuit: True to use the target's whole circuit, not only the matrix that reads.

    Returns:
        The ratios, from 0 to 1; 0 where the target's layer is not later or weights are zero.

    Raises:
        ValueError: If there is no such kind of composition, or the model is not one.
    """
    if kind not in COMPOSITIONS:
        raise ValueError(f"kind must be one of {', '.join(COMPOSITIONS)}, got {kind!r}")
    require_model(model)
    n_layers, n_heads = model.cfg.n_layers, model.cfg.n_heads
    with torch.inference_mode():
        W_Q, W_K, W_V, W_O = (w.double() for w in (model.W_Q, model.W_K, model.W_V, model.W_O))
        reads = {"K": W_K, "Q": W_Q, "V": W_V}[kind]
        carried = {"K": W_Q, "Q": W_K, "V": W_O.mT}[kind] if circuit else None
        ratios = reads.new_zeros(n_layers, n_heads, n_layers, n_heads)
        for target in range(1, n_layers):
            carries = None if carried is None else carried[target]
            for source in range(target):
                ratios[source, :, target] = layer_compositions(
                    W_V[source], W_O[source], reads[target], carries
                )
        compositions: np.ndarray = ratios.cpu().numpy()
    return compositions


def layer_compositions(
    W_V: Float[Tensor, "source d_model d_head"],
    W_O: Float[Tensor, "source d_head d_model"],
    reads: Float[Tensor, "target d_model d_head"],
    carries: Float[Tensor, "target d_model d_head"] | None = None,
) -> Float[Tensor, "source target"]:
    """Compute the composition of all heads of one layer with all heads of a later layer.

    ||W_V X||^2 is the sum of (G X) * X, with G = W_V^T W_V the Gram matrix of W_V: norms of
    d_model x d_model products come from d_head x d_head ones.

    Args:
        W_V: The sources' values.
        W_O: The sources' outputs.
        reads: The matrix of each target that reads: its W_K, W_Q or W_V.
        carries: The matrix that `reads` is multiplied by in the target's circuit, transposed; None
            to use the matrix that reads alone.

    Returns:
        The ratios of norms.
    """
    gram_V = W_V.mT @ W_V
    # source target d_head d_head: one product of matrices for all pairs.
    inner = torch.einsum("siD,tDj->stij", W_O, reads)
    through = torch.einsum("sij,stjk->stik", gram_V, inner)
    read = reads.square().sum(dim=(-1, -2))
    product = inner
    if carries is not None:
        gram_carries = carries.mT @ carries
        product = torch.einsum("stij,tjk->stik", inner, gram_carries)
        read = ((reads.mT @ reads) * gram_carries).sum(dim=(-1, -2))
    both = (through * product).sum(dim=(-1, -2)).clamp(min=0)
    written = (gram_V * (W_O @ W_O.mT)).sum(dim=(-1, -2)).clamp(min=0)
    scale = written.sqrt()[:, None] * read.clamp(min=0).sqrt()
    return torch.where(scale > 0, both.sqrt() / scale, 0.0)
