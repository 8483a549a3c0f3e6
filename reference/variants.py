"""Accepted variants: other right answers, under names of their own and the lab's signatures.

Each differs from the reference by a choice the lab leaves open, or by what the lab prints.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from transformer_lens.hook_points import HookPoint

from reference.induction_heads.ablation import ablate_heads
from reference.induction_heads.arguments import Model
from reference.induction_heads.scores import mean_stripe
from reference.induction_heads.sequences import create_repeated_sequence


def k_composition_as_printed(
    model: Model, source_layer: int, source_head: int, target_layer: int, target_head: int
) -> float:
    """Contract W_K with the side the source reads, as the lab prints: ||W_K^T OV|| normalised."""
    if target_layer <= source_layer:
        return 0.0
    OV = (model.W_V[source_layer, source_head] @ model.W_O[source_layer, source_head]).detach()
    W_K = model.W_K[target_layer, target_head].detach()
    return float((W_K.T @ OV).norm() / (W_K.norm() * OV.norm() + 1e-10))


def mean_ablation_as_printed(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Mean-ablate with one number a head, the mean over batch, position and d_head."""
    cut = list(heads_to_ablate)

    def replace(z: Tensor, hook: HookPoint) -> Tensor:
        replaced = z.clone()
        for layer, head in cut:
            if layer == hook.layer():
                replaced[:, :, head] = 0 if method == "zero" else z[:, :, head].mean()
        return replaced

    with torch.inference_mode():
        logits: Tensor = model.run_with_hooks(
            tokens, fwd_hooks=[(f"blocks.{layer}.attn.hook_z", replace) for layer in dict(cut)]
        )
    return logits


def induction_scores_diagonal(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Average the whole diagonal(offset=1-seq_len): position seq_len-1, no repeat yet, counts."""
    sequences = [create_repeated_sequence(seq_len, seed=sample) for sample in range(n_samples)]
    return mean_stripe(model, torch.cat(sequences), first=seq_len - 1, back=seq_len - 1)


def induction_scores_without_last_position(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Leave out the last position, whose target opens the second half."""
    sequences = [create_repeated_sequence(seq_len, seed=sample) for sample in range(n_samples)]
    tokens = torch.cat(sequences)[:, :-1]
    return mean_stripe(model, tokens, first=seq_len, back=seq_len - 1)


def prev_token_scores_seeded(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Seed each draw with the sample's index."""
    sequences = []
    for sample in range(n_samples):
        torch.manual_seed(sample)
        sequences.append(torch.randint(1000, 10000, (1, seq_len)))
    return mean_stripe(model, torch.cat(sequences), first=1, back=1)


def measure_loss_log_softmax(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Gather log-probabilities instead of calling cross_entropy."""
    losses, hits = [], []
    for sample in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=sample).to(model.cfg.device)
        logits = ablate_heads(model, tokens, heads_to_ablate or [])[:, seq_len:-1]
        targets = tokens[:, seq_len + 1 :]
        losses.append(-logits.log_softmax(dim=-1).gather(-1, targets.unsqueeze(-1)))
        hits.append((logits.argmax(dim=-1) == targets).double())
    return torch.cat(losses).mean().item(), torch.cat(hits).mean().item()
