"""Mistakes in measure_induction_loss."""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy

from reference.induction_heads.ablation import ablate_heads
from reference.induction_heads.arguments import Model
from reference.induction_heads.sequences import create_repeated_sequence


def _runs(
    model: Model,
    seq_len: int,
    heads: Sequence[tuple[int, int]] | None,
    n_samples: int,
    method: str = "zero",
) -> tuple[Int[Tensor, "batch pos"], Float[Tensor, "batch pos d_vocab"]]:
    sequences = [create_repeated_sequence(seq_len, seed=sample) for sample in range(n_samples)]
    tokens = [sequence.to(model.cfg.device) for sequence in sequences]
    with torch.inference_mode():
        logits = [
            ablate_heads(model, one, heads, method) if heads else model(one) for one in tokens
        ]
    return torch.cat(tokens), torch.cat(logits)


def _loss_and_accuracy(
    logits: Float[Tensor, "batch pos d_vocab"], targets: Int[Tensor, "batch pos"]
) -> tuple[float, float]:
    loss = cross_entropy(logits.flatten(0, 1), targets.flatten()).item()
    return loss, (logits.argmax(dim=-1) == targets).double().mean().item()


def _right_runs(
    model: Model, seq_len: int, heads: Sequence[tuple[int, int]] | None, n_samples: int
) -> tuple[float, float]:
    tokens, logits = _runs(model, seq_len, heads, n_samples)
    return _loss_and_accuracy(logits[:, seq_len:-1], tokens[:, seq_len + 1 :])


def loss_current_token(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Take the current token for the target instead of the next one."""
    tokens, logits = _runs(model, seq_len, heads_to_ablate, n_samples)
    return _loss_and_accuracy(logits[:, seq_len:-1], tokens[:, seq_len:-1])


def loss_first_half(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Measure the first half, where nothing has been repeated yet."""
    tokens, logits = _runs(model, seq_len, heads_to_ablate, n_samples)
    return _loss_and_accuracy(logits[:, : seq_len - 1], tokens[:, 1:seq_len])


def loss_all_positions(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Measure both halves together."""
    tokens, logits = _runs(model, seq_len, heads_to_ablate, n_samples)
    return _loss_and_accuracy(logits[:, :-1], tokens[:, 1:])


def loss_summed(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Add up the losses of all predictions instead of averaging them."""
    loss, accuracy = _right_runs(model, seq_len, heads_to_ablate, n_samples)
    return loss * n_samples * (seq_len - 1), accuracy


def loss_softmax_first(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Give cross_entropy probabilities where it takes logits."""
    tokens, logits = _runs(model, seq_len, heads_to_ablate, n_samples)
    predictions = logits[:, seq_len:-1].softmax(dim=-1)
    return _loss_and_accuracy(predictions, tokens[:, seq_len + 1 :])


def loss_ablation_ignored(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,  # noqa: ARG001
    n_samples: int = 5,
) -> tuple[float, float]:
    """Measure the model as it is whatever heads are listed."""
    return _right_runs(model, seq_len, None, n_samples)


def accuracy_percent(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Give the accuracy in percent."""
    loss, accuracy = _right_runs(model, seq_len, heads_to_ablate, n_samples)
    return loss, 100 * accuracy


def loss_tuple_reversed(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Return the accuracy before the loss."""
    loss, accuracy = _right_runs(model, seq_len, heads_to_ablate, n_samples)
    return accuracy, loss


def loss_in_bits(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Take logarithms to base 2."""
    loss, accuracy = _right_runs(model, seq_len, heads_to_ablate, n_samples)
    return loss / math.log(2), accuracy


def loss_perplexity(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Return the perplexity, e to the loss."""
    loss, accuracy = _right_runs(model, seq_len, heads_to_ablate, n_samples)
    return math.exp(loss), accuracy


def loss_without_minus(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Average log-probabilities and leave out the minus."""
    loss, accuracy = _right_runs(model, seq_len, heads_to_ablate, n_samples)
    return -loss, accuracy


def loss_samples_summed(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Average within each sample, then add up loss and accuracy over samples."""
    loss, accuracy = _right_runs(model, seq_len, heads_to_ablate, n_samples)
    return n_samples * loss, n_samples * accuracy


def loss_last_sample_only(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Measure the last sample alone."""
    tokens, logits = _runs(model, seq_len, heads_to_ablate, n_samples)
    return _loss_and_accuracy(logits[-1:, seq_len:-1], tokens[-1:, seq_len + 1 :])


def loss_each_sample(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[Float[Tensor, " batch"], Float[Tensor, " batch"]]:
    """Return a loss and an accuracy for each sample, not averaged."""
    tokens, logits = _runs(model, seq_len, heads_to_ablate, n_samples)
    predictions, targets = logits[:, seq_len:-1], tokens[:, seq_len + 1 :]
    losses = cross_entropy(predictions.mT, targets, reduction="none").mean(dim=1)
    return losses, (predictions.argmax(dim=-1) == targets).double().mean(dim=1)


def loss_mean_ablation(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Ablate by the mean instead of zero."""
    tokens, logits = _runs(model, seq_len, heads_to_ablate, n_samples, "mean")
    return _loss_and_accuracy(logits[:, seq_len:-1], tokens[:, seq_len + 1 :])
