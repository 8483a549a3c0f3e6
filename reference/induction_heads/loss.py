"""Measures loss and accuracy on the second half of repeated sequences.

There the loss of a model with induction heads is low, and that of a model without is not: the
in-context learning of Olsson et al. (2022), In-context Learning and Induction Heads.
"""

from collections.abc import Iterator, Sequence

import torch
from jaxtyping import Int
from torch import Tensor
from torch.nn.functional import cross_entropy

from reference.induction_heads.ablation import ablate_heads
from reference.induction_heads.arguments import Model, require_at_least
from reference.induction_heads.forward import exact_inference, forward_batches
from reference.induction_heads.sequences import repeated_sequences


def logits_by_batch(
    model: Model, tokens: Int[Tensor, "batch pos"], heads: Sequence[tuple[int, int]]
) -> Iterator[tuple[Tensor, Tensor]]:
    """Run sequences in batches, with or without heads zero-ablated.

    Args:
        model: The model to run.
        tokens: Sequences of equal length.
        heads: Layer and head of each head to ablate; may be empty.

    Yields:
        The tokens and the logits of one batch.
    """
    for batch in forward_batches(model, tokens, logits=True):
        yield batch, ablate_heads(model, batch, heads) if heads else model(batch)


def measure_induction_loss(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Measure loss and accuracy of predicting the second half, with or without heads ablated.

    Ablated heads are zero-ablated. With t the tokens and L = seq_len, the predictions at
    q = L, ..., 2L - 2 count:

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
        ValueError: If `seq_len` is less than 2, `n_samples` less than 1, the sequences do not fit
            the model's `n_ctx` or `d_vocab`, or it has no such head.
    """
    require_at_least(2, seq_len=seq_len)
    require_at_least(1, n_samples=n_samples)
    tokens = repeated_sequences(model, seq_len, n_samples)
    losses, hits = [], []
    with exact_inference():
        for batch, logits in logits_by_batch(model, tokens, heads_to_ablate or ()):
            targets = batch[:, seq_len + 1 :].flatten()
            predictions = logits[:, seq_len:-1].flatten(
                0, 1
            )  # one row of d_vocab logits for each target
            precision = torch.promote_types(logits.dtype, torch.float32)
            losses.append(cross_entropy(predictions.to(precision), targets, reduction="none"))
            hits.append(predictions.argmax(dim=-1) == targets)
        per_prediction = torch.stack([torch.cat(losses).double(), torch.cat(hits).double()])
        loss, accuracy = per_prediction.mean(dim=1).tolist()
    return loss, accuracy
