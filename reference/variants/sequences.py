"""Variants of create_repeated_sequence: other draws from the same range, repeated in other ways."""

import random

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor


def sequence_repeat(seq_len: int = 25, seed: int | None = None) -> Int[Tensor, "1 pos"]:
    """Seed torch's global generator, and repeat once along the positions."""
    if seed is not None:
        torch.manual_seed(seed)
    return torch.randint(1000, 10000, (1, seq_len)).repeat(1, 2)


def sequence_lab(seq_len: int = 25, seed: int | None = None) -> Int[Tensor, "1 pos"]:
    """Concatenate the half with itself, as the lab prints."""
    if seed is not None:
        torch.manual_seed(seed)
    first_half = torch.randint(1000, 10000, (1, seq_len))
    return torch.cat([first_half, first_half], dim=1)


def sequence_generator(seq_len: int = 25, seed: int | None = None) -> Int[Tensor, "1 pos"]:
    """Draw from a generator of one's own, which without a seed takes one from the machine."""
    generator = torch.Generator()
    if seed is None:
        generator.seed()
    else:
        generator.manual_seed(seed)
    half = torch.randint(1000, 10000, (1, seq_len), generator=generator)
    return torch.hstack([half, half])


def sequence_tile(seq_len: int = 25, seed: int | None = None) -> Int[Tensor, "1 pos"]:
    """Tile a vector, then add the batch dimension."""
    if seed is not None:
        torch.manual_seed(seed)
    return torch.randint(1000, 10000, (seq_len,)).tile(2).unsqueeze(0)


def sequence_rows_joined(seq_len: int = 25, seed: int | None = None) -> Int[Tensor, "1 pos"]:
    """Stack the half on itself and read the rows one after the other."""
    if seed is not None:
        torch.manual_seed(seed)
    half = torch.randint(1000, 10000, (seq_len,))
    return torch.stack([half, half]).flatten()[None]


def sequence_expanded(seq_len: int = 25, seed: int | None = None) -> Int[Tensor, "1 pos"]:
    """Expand the half to two rows without copying it, then reshape."""
    if seed is not None:
        torch.manual_seed(seed)
    return torch.randint(1000, 10000, (1, seq_len)).expand(2, -1).reshape(1, -1)


def sequence_filled(seq_len: int = 25, seed: int | None = None) -> Int[Tensor, "1 pos"]:
    """Fill both halves of a sequence that is there already."""
    if seed is not None:
        torch.manual_seed(seed)
    tokens = torch.zeros(1, 2 * seq_len, dtype=torch.long)
    tokens[:, :seq_len] = torch.randint(1000, 10000, (1, seq_len))
    tokens[:, seq_len:] = tokens[:, :seq_len]
    return tokens


def sequence_modulo(seq_len: int = 25, seed: int | None = None) -> Int[Tensor, "1 pos"]:
    """Index the half by the position modulo its length."""
    if seed is not None:
        torch.manual_seed(seed)
    half = torch.randint(1000, 10000, (1, seq_len))
    return half[:, torch.arange(2 * seq_len) % seq_len]


def sequence_numpy(seq_len: int = 25, seed: int | None = None) -> Int[Tensor, "1 pos"]:
    """Draw with a NumPy generator: other tokens than torch's for the same seed."""
    half = np.random.default_rng(seed).integers(1000, 10000, size=(1, seq_len))
    return torch.from_numpy(np.concatenate([half, half], axis=1))


def sequence_numpy_global(seq_len: int = 25, seed: int | None = None) -> Int[Tensor, "1 pos"]:
    """Seed and draw from NumPy's global generator, as older code does."""
    if seed is not None:
        np.random.seed(seed)
    half = np.random.randint(1000, 10000, size=seq_len)
    return torch.tensor(np.tile(half, 2), dtype=torch.long).unsqueeze(0)


def sequence_random_choices(seq_len: int = 25, seed: int | None = None) -> Int[Tensor, "1 pos"]:
    """Draw with Python's own generator and repeat a list."""
    half = random.Random(seed).choices(range(1000, 10000), k=seq_len)  # noqa: S311 (no secret)
    return torch.tensor([half * 2])


def sequence_random_sample(seq_len: int = 25, seed: int | None = None) -> Int[Tensor, "1 pos"]:
    """Draw without replacement, so that no token occurs twice in a half."""
    half = random.Random(seed).sample(range(1000, 10000), k=seq_len)  # noqa: S311 (no secret)
    return torch.tensor(half + half).reshape(1, 2 * seq_len)
