"""Creates repeated random sequences, and measures how well a model continues them.

Random tokens repeated once contain no information but the repetition, so that a model can predict
the second half only from the first. The test is the one of Olsson et al. (2022), In-context
Learning and Induction Heads.
"""

import torch
from jaxtyping import Int
from torch import Tensor

from reference.induction_heads.arguments import (
    FIRST_TOKEN,
    TOKEN_END,
    Model,
    require_at_least,
    require_sequences_fit,
)
from reference.induction_heads.forward import exact_inference, forward_batches


def create_repeated_sequence(
    seq_len: int = 25, seed: int | None = None, *, device: str | torch.device = "cpu"
) -> Int[Tensor, "1 pos"]:
    """Draw random tokens and repeat them once.

    Token i of the second half, at position seq_len + i, equals token i of the first. Tokens are
    drawn on the CPU from 1000 up to, not including, 10000, which avoids special tokens and gives
    the same tokens for every device.

    Args:
        seq_len: Length of one half.
        seed: Seed of the tokens; without one they are drawn from torch's global generator.
        device: Device of the tokens.

    Returns:
        Tokens of one sequence of length 2 * seq_len.

    Raises:
        ValueError: If `seq_len` is less than 1.
    """
    require_at_least(1, seq_len=seq_len)
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    half = torch.randint(FIRST_TOKEN, TOKEN_END, (1, seq_len), generator=generator)
    return half.repeat(1, 2).to(device)


def repeated_sequences(model: Model, seq_len: int, n_samples: int) -> Int[Tensor, "batch pos"]:
    """Create the sequences of a measurement, sequence i with seed i.

    Args:
        model: The model that they are for.
        seq_len: Length of one half.
        n_samples: Number of sequences.

    Returns:
        The sequences, one in each row.

    Raises:
        ValueError: If the sequences do not fit the model.
    """
    require_sequences_fit(model, 2 * seq_len, seq_len)
    return torch.cat([create_repeated_sequence(seq_len, seed=i) for i in range(n_samples)])


def test_induction_accuracy(  # the lab's name, not a test
    model: Model,
    seq_len: int = 20,  # noqa: PT028
    n_tests: int = 5,  # noqa: PT028
) -> float:
    """Measure how often the model's first choice continues a repeated sequence correctly.

    Predictions made at positions seq_len to 2 * seq_len - 2 count: each has the token to predict
    inside the second half and its own token's first occurrence in the first.

    Args:
        model: The model to test.
        seq_len: Length of one half.
        n_tests: Number of sequences; sequence i is drawn with seed i.

    Returns:
        The fraction of right predictions, from 0 to 1.

    Raises:
        ValueError: If `seq_len` is less than 2, `n_tests` less than 1, or the sequences do not
            fit the model's `n_ctx` or `d_vocab`.
    """
    require_at_least(2, seq_len=seq_len)
    require_at_least(1, n_tests=n_tests)
    tokens = repeated_sequences(model, seq_len, n_tests)
    hits = []
    with exact_inference():
        for batch in forward_batches(model, tokens, logits=True):
            predictions = model(batch)[:, seq_len:-1].argmax(dim=-1)
            hits.append(predictions == batch[:, seq_len + 1 :])
        return torch.cat(hits).double().mean().item()


# Otherwise pytest would collect the function in every test file that imports it.
test_induction_accuracy.__dict__["__test__"] = False
