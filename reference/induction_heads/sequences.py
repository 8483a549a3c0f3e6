"""Repeated random sequences, and how well a model continues them.

Random tokens repeated once carry no information but the repetition itself: whoever predicts the
second half has found the first half again in the context. The test is the one of Olsson et al.
(2022), In-context Learning and Induction Heads.
"""

import torch
from jaxtyping import Int
from torch import Tensor
from transformer_lens import HookedTransformer
from transformer_lens.model_bridge import TransformerBridge

Model = HookedTransformer | TransformerBridge
"""What the lab's functions accept; they touch only what both classes offer."""

POSITIONS_PER_FORWARD = 1024
"""Token positions that one forward pass takes at most; more samples are run in several passes."""


def require_at_least(least: int, **arguments: int) -> None:
    """Check that counts and lengths are large enough.

    Args:
        least: The smallest allowed value.
        **arguments: The values, by the name their caller knows them under.

    Raises:
        ValueError: If a value is smaller than `least`.
    """
    for name, value in arguments.items():
        if value < least:
            raise ValueError(f"{name} must be at least {least}, got {value}")


def create_repeated_sequence(
    seq_len: int = 25, seed: int | None = None, *, device: str | torch.device = "cpu"
) -> Int[Tensor, "1 pos"]:
    """Draw random tokens and repeat them once.

    Token i of the second half, at position seq_len + i, equals token i of the first. Tokens are
    drawn on the CPU from 1000 up to, not including, 10000, which keeps clear of special tokens
    and gives the same tokens for every device.

    Args:
        seq_len: Length of one half.
        seed: Same seed, same tokens; without one, torch's global generator is drawn from.
        device: Where to put the tokens.

    Returns:
        Tokens of one sequence of length 2 * seq_len.

    Raises:
        ValueError: If `seq_len` is less than 1.
    """
    require_at_least(1, seq_len=seq_len)
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    half = torch.randint(1000, 10000, (1, seq_len), generator=generator)
    return half.repeat(1, 2).to(device)


def forward_batches(tokens: Int[Tensor, "batch pos"]) -> tuple[Tensor, ...]:
    """Split sequences into batches of at most `POSITIONS_PER_FORWARD` positions.

    Args:
        tokens: Sequences of equal length.

    Returns:
        The same sequences in the same order, at least one a batch.
    """
    batch_size = max(1, POSITIONS_PER_FORWARD // tokens.shape[1])
    batches: tuple[Tensor, ...] = tokens.split(batch_size)
    return batches


def test_induction_accuracy(  # a lab's name, not a test
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
        ValueError: If `seq_len` is less than 2 or `n_tests` less than 1.
    """
    require_at_least(2, seq_len=seq_len)
    require_at_least(1, n_tests=n_tests)
    sequences = [create_repeated_sequence(seq_len, seed=test) for test in range(n_tests)]
    hits = []
    with torch.inference_mode():
        for tokens in forward_batches(torch.cat(sequences).to(model.cfg.device)):
            predictions = model(tokens)[:, seq_len:-1].argmax(dim=-1)
            hits.append(predictions == tokens[:, seq_len + 1 :])
    return torch.cat(hits).double().mean().item()


# pytest would collect the name wherever a test file imports it.
test_induction_accuracy.__dict__["__test__"] = False
