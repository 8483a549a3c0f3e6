"""Loss and accuracy on the second half of repeated sequences.

There the loss of a model with induction heads collapses and that of one without does not: the
in-context learning of Olsson et al. (2022), In-context Learning and Induction Heads, at its barest.
"""

from collections.abc import Iterator, Sequence

import torch
from jaxtyping import Int
from torch import Tensor
from torch.nn.functional import cross_entropy

from reference.induction_heads.ablation import ablate_heads
from reference.induction_heads.sequences import (
    Model,
    create_repeated_sequence,
    forward_batches,
    require_at_least,
)


def logits_by_batch(
    model: Model, tokens: Int[Tensor, "batch pos"], heads: Sequence[tuple[int, int]]
) -> Iterator[tuple[Tensor, Tensor]]:
    """Run sequences in batches, or one by one where heads are ablated.

    Ablation may mix the sequences of a batch, as a mean over it does, and a sequence's loss must
    not depend on its neighbours.

    Args:
        model: The model to run.
        tokens: Sequences of equal length.
        heads: Layer and head of each head to ablate; may be empty.

    Yields:
        The tokens and the logits of one batch.
    """
    if heads:
        for sequence in tokens.split(1):
            yield sequence, ablate_heads(model, sequence, heads)
    else:
        for batch in forward_batches(tokens):
            yield batch, model(batch)


def measure_induction_loss(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Measure loss and accuracy of predicting the second half, with heads zero-ablated or not.

    With t the tokens and L = seq_len, the predictions at q = L, ..., 2L - 2 count:

        loss = mean of -log p(t[q + 1] | t[0], ..., t[q])
        accuracy = share of predictions whose most likely token is t[q + 1]

    Args:
        model: The model to measure.
        seq_len: Length L of one half of the repeated sequences.
        heads_to_ablate: Layer and head of each; None or an empty list ablates nothing.
        n_samples: Number of sequences; sequence i is drawn with seed i.

    Returns:
        The loss in nats and the accuracy from 0 to 1.

    Raises:
        ValueError: If `seq_len` is less than 2, `n_samples` less than 1, or the model has no
            such head.
    """
    require_at_least(2, seq_len=seq_len)
    require_at_least(1, n_samples=n_samples)
    sequences = [create_repeated_sequence(seq_len, seed=sample) for sample in range(n_samples)]
    tokens = torch.cat(sequences).to(model.cfg.device)
    losses, hits = [], []
    with torch.inference_mode():
        for batch, logits in logits_by_batch(model, tokens, heads_to_ablate or ()):
            targets = batch[:, seq_len + 1 :].flatten()
            predictions = logits[:, seq_len:-1].flatten(0, 1)  # one row of d_vocab a target
            precision = torch.promote_types(logits.dtype, torch.float32)
            losses.append(cross_entropy(predictions.to(precision), targets, reduction="none"))
            hits.append(predictions.argmax(dim=-1) == targets)
        loss = torch.cat(losses).cpu().double().mean().item()
        return loss, torch.cat(hits).cpu().double().mean().item()
