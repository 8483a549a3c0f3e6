"""Tests repeated sequences, and the accuracy of continuing them."""

import pytest
import torch
from transformer_lens import HookedTransformer

from reference import induction_heads
from reference.induction_heads import create_repeated_sequence


def test_second_half_repeats_the_first() -> None:
    """Both halves are the same tokens and have the requested length."""
    tokens = create_repeated_sequence(13, seed=0)
    assert tokens.shape == (1, 26)
    assert torch.equal(tokens[:, :13], tokens[:, 13:])


def test_tokens_keep_to_their_range() -> None:
    """Tokens are integers from 1000 to 9999, including both ends."""
    tokens = create_repeated_sequence(200_000, seed=0)
    assert tokens.dtype == torch.int64
    assert (tokens.min().item(), tokens.max().item()) == (1000, 9999)


@pytest.mark.parametrize("seed", [0, 1, 41])
def test_seed_is_torchs_own(seed: int) -> None:
    """A seed gives the tokens that torch's global generator gives after that seed."""
    torch.manual_seed(seed)
    half = torch.randint(1000, 10000, (1, 9))
    assert torch.equal(create_repeated_sequence(9, seed), torch.cat([half, half], dim=1))


def test_seeds_differ() -> None:
    """Other seeds give other tokens."""
    assert not torch.equal(create_repeated_sequence(9, 0), create_repeated_sequence(9, 1))


def test_seed_leaves_the_global_generator_alone() -> None:
    """A seeded sequence leaves torch's global generator unchanged."""
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    create_repeated_sequence(9, seed=5)
    assert torch.equal(torch.rand(3), expected)


def test_unseeded_draws_go_on() -> None:
    """Without a seed each call gives other tokens."""
    assert not torch.equal(create_repeated_sequence(9), create_repeated_sequence(9))


def test_accuracy_counts_second_half_predictions(model: HookedTransformer) -> None:
    """The accuracy is the share of hits at positions seq_len to 2 seq_len - 2."""
    right = []
    for seed in range(3):
        tokens = create_repeated_sequence(7, seed)
        choices = model(tokens)[0].argmax(dim=-1)
        right += [choices[pos] == tokens[0, pos + 1] for pos in range(7, 13)]
    assert induction_heads.test_induction_accuracy(model, 7, 3) == sum(right) / len(right)


def test_pytest_leaves_the_labs_name_alone() -> None:
    """Pytest does not collect the lab's function as a test."""
    assert induction_heads.test_induction_accuracy.__dict__["__test__"] is False


def test_lengths_are_checked(generic: HookedTransformer) -> None:
    """A length or count that leaves nothing to measure is rejected by name."""
    with pytest.raises(ValueError, match="seq_len must be at least 1, got 0"):
        create_repeated_sequence(0)
    with pytest.raises(ValueError, match="seq_len must be at least 2, got 1"):
        induction_heads.test_induction_accuracy(generic, 1)
    with pytest.raises(ValueError, match="n_tests must be at least 1, got -1"):
        induction_heads.test_induction_accuracy(generic, 5, -1)
