"""Mistakes in create_repeated_sequence and test_induction_accuracy."""

import torch
from torch import Tensor

from reference.induction_heads.arguments import Model
from reference.induction_heads.sequences import create_repeated_sequence


def _drawn(seq_len: int, seed: int | None, low: int = 1000, high: int = 10000) -> Tensor:
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    return torch.randint(low, high, (1, seq_len), generator=generator)


def sequence_not_repeated(
    seq_len: int = 25, seed: int | None = None, *, device: str | torch.device = "cpu"
) -> Tensor:
    """Draw both halves independently."""
    return _drawn(2 * seq_len, seed).to(device)


def sequence_interleaved(
    seq_len: int = 25, seed: int | None = None, *, device: str | torch.device = "cpu"
) -> Tensor:
    """Repeat each token in place, A A B B, instead of the whole, A B A B."""
    return _drawn(seq_len, seed).repeat_interleave(2, dim=1).to(device)


def sequence_wrong_length(
    seq_len: int = 25, seed: int | None = None, *, device: str | torch.device = "cpu"
) -> Tensor:
    """Take seq_len for the length of the whole, not of one half."""
    return _drawn(max(1, seq_len // 2), seed).repeat(1, 2).to(device)


def sequence_ignores_seed(
    seq_len: int = 25,
    seed: int | None = None,  # noqa: ARG001
    *,
    device: str | torch.device = "cpu",
) -> Tensor:
    """Draw from the global generator whatever the seed."""
    return _drawn(seq_len, None).repeat(1, 2).to(device)


def sequence_one_dimensional(
    seq_len: int = 25, seed: int | None = None, *, device: str | torch.device = "cpu"
) -> Tensor:
    """Return the tokens without the batch dimension."""
    return _drawn(seq_len, seed).repeat(1, 2)[0].to(device)


def sequence_wrong_range(
    seq_len: int = 25, seed: int | None = None, *, device: str | torch.device = "cpu"
) -> Tensor:
    """Draw below 1000, outside the range the lab asks for."""
    return _drawn(seq_len, seed, 0, 1000).repeat(1, 2).to(device)


def _share_right(model: Model, seq_len: int, n_tests: int, queries: slice, targets: slice) -> float:
    sequences = [create_repeated_sequence(seq_len, seed=test) for test in range(n_tests)]
    tokens = torch.cat(sequences).to(model.cfg.device)
    with torch.inference_mode():
        predictions: Tensor = model(tokens)[:, queries].argmax(dim=-1)
    return (predictions == tokens[:, targets]).double().mean().item()


def accuracy_first_half(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Test predictions in the first half, where nothing has been repeated yet."""
    return _share_right(model, seq_len, n_tests, slice(0, seq_len - 1), slice(1, seq_len))


def accuracy_off_by_one(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Compare the prediction with the current token instead of the next one."""
    return _share_right(model, seq_len, n_tests, slice(seq_len, -1), slice(seq_len, -1))


def accuracy_per_test(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Divide the right predictions by the number of tests instead of that of predictions."""
    right = slice(seq_len, -1), slice(seq_len + 1, None)
    return _share_right(model, seq_len, n_tests, *right) * (seq_len - 1)
