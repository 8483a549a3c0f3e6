"""Mistakes in measure_induction_loss."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from reference.induction_heads.ablation import ablate_heads
from reference.induction_heads.arguments import Model
from reference.induction_heads.sequences import create_repeated_sequence


def _runs(
    model: Model, seq_len: int, heads: Sequence[tuple[int, int]] | None, n_samples: int
) -> tuple[Tensor, Tensor]:
    sequences = [create_repeated_sequence(seq_len, seed=sample) for sample in range(n_samples)]
    tokens = [sequence.to(model.cfg.device) for sequence in sequences]
    with torch.inference_mode():
        logits = [ablate_heads(model, one, heads) if heads else model(one) for one in tokens]
    return torch.cat(tokens), torch.cat(logits)


def _loss_and_accuracy(logits: Tensor, targets: Tensor) -> tuple[float, float]:
    loss = cross_entropy(logits.flatten(0, 1), targets.flatten()).item()
    return loss, (logits.argmax(dim=-1) == targets).double().mean().item()


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
    tokens, logits = _runs(model, seq_len, heads_to_ablate, n_samples)
    loss, accuracy = _loss_and_accuracy(logits[:, seq_len:-1], tokens[:, seq_len + 1 :])
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
    tokens, logits = _runs(model, seq_len, None, n_samples)
    return _loss_and_accuracy(logits[:, seq_len:-1], tokens[:, seq_len + 1 :])


def accuracy_percent(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Give the accuracy in percent."""
    tokens, logits = _runs(model, seq_len, heads_to_ablate, n_samples)
    loss, accuracy = _loss_and_accuracy(logits[:, seq_len:-1], tokens[:, seq_len + 1 :])
    return loss, 100 * accuracy


def loss_tuple_reversed(
    model: Model,
    seq_len: int = 25,
    heads_to_ablate: Sequence[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Return the accuracy before the loss."""
    tokens, logits = _runs(model, seq_len, heads_to_ablate, n_samples)
    loss, accuracy = _loss_and_accuracy(logits[:, seq_len:-1], tokens[:, seq_len + 1 :])
    return accuracy, loss
