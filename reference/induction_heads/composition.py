"""K-composition: does one head's output shape what another head's keys say?

Composition of heads, and the ratio that measures it on the weights alone, are from Elhage et al.
(2021), A Mathematical Framework for Transformer Circuits.
"""

from reference.induction_heads.heads import require_head
from reference.induction_heads.sequences import Model


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
    W_V = model.W_V[source_layer, source_head].detach().cpu().double()  # d_model d_head
    W_O = model.W_O[source_layer, source_head].detach().cpu().double()  # d_head d_model
    W_K = model.W_K[target_layer, target_head].detach().cpu().double()  # d_model d_head
    read = (W_V @ (W_O @ W_K)).norm()
    # ||W_V W_O||^2 = trace(W_V^T W_V W_O W_O^T): two d_head x d_head matrices instead of OV.
    written = ((W_V.T @ W_V) * (W_O @ W_O.T)).sum().clamp(min=0).sqrt()
    scale = (written * W_K.norm()).item()
    return read.item() / scale if scale > 0 else 0.0
