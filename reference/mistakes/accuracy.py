"""Mistakes in test_induction_accuracy."""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from reference.induction_heads.arguments import Model
from reference.mistakes.patterns import repeated_tokens


def _test(
    model: Model, seq_len: int, seeds: Sequence[int]
) -> tuple[Int[Tensor, "batch pos"], Float[Tensor, "batch pos d_vocab"]]:
    tokens = repeated_tokens(seq_len, seeds).to(model.cfg.device)
    with torch.inference_mode():
        logits: Tensor = model(tokens)
    return tokens, logits


def _hits(model: Model, seq_len: int, seeds: Sequence[int]) -> Bool[Tensor, "batch prediction"]:
    tokens, logits = _test(model, seq_len, seeds)
    return logits[:, seq_len:-1].argmax(dim=-1) == tokens[:, seq_len + 1 :]


def accuracy_first_half(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Test predictions in the first half, where nothing has been repeated yet."""
    tokens, logits = _test(model, seq_len, range(n_tests))
    hits = logits[:, : seq_len - 1].argmax(dim=-1) == tokens[:, 1:seq_len]
    return hits.double().mean().item()


def accuracy_all_positions(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Test predictions in both halves."""
    tokens, logits = _test(model, seq_len, range(n_tests))
    return (logits[:, :-1].argmax(dim=-1) == tokens[:, 1:]).double().mean().item()


def accuracy_off_by_one(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Compare the prediction with the current token instead of the next one."""
    tokens, logits = _test(model, seq_len, range(n_tests))
    hits = logits[:, seq_len:-1].argmax(dim=-1) == tokens[:, seq_len:-1]
    return hits.double().mean().item()


def accuracy_of_repetition(
    model: Model,  # noqa: ARG001
    seq_len: int = 20,
    n_tests: int = 5,
) -> float:
    """Compare the second half with the first, which says nothing of the model."""
    tokens = repeated_tokens(seq_len, range(n_tests))
    return (tokens[:, :seq_len] == tokens[:, seq_len:]).double().mean().item()


def accuracy_top_five(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Count a prediction as right if the token is among the five most likely."""
    tokens, logits = _test(model, seq_len, range(n_tests))
    best = logits[:, seq_len:-1].topk(5, dim=-1).indices
    return (best == tokens[:, seq_len + 1 :, None]).any(dim=-1).double().mean().item()


def accuracy_same_seed(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Draw every test with seed 0, so that all are one sequence."""
    return _hits(model, seq_len, [0] * n_tests).double().mean().item()


def accuracy_last_test_only(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Count the last test alone."""
    return _hits(model, seq_len, range(n_tests))[-1].double().mean().item()


def accuracy_per_test(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Divide the right predictions by the number of tests instead of that of predictions."""
    return _hits(model, seq_len, range(n_tests)).double().sum().item() / n_tests


def accuracy_over_seq_len(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Divide by seq_len predictions a test, one more than there are."""
    return _hits(model, seq_len, range(n_tests)).double().sum().item() / (n_tests * seq_len)


def accuracy_counted(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Return how many predictions are right, not their share."""
    return _hits(model, seq_len, range(n_tests)).double().sum().item()


def accuracy_hundredfold(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Give the accuracy in percent."""
    return 100 * _hits(model, seq_len, range(n_tests)).double().mean().item()


def accuracy_of_any_token(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Count every prediction that is some token of its sequence."""
    tokens, logits = _test(model, seq_len, range(n_tests))
    predictions = logits[:, seq_len:-1].argmax(dim=-1)
    return (predictions[:, :, None] == tokens[:, None, :]).any(dim=-1).double().mean().item()
