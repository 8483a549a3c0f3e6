"""Mistakes in create_repeated_sequence."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

Device = str | torch.device
GPT2_BOS = 50256


def _half(
    seq_len: int, seed: int | None, low: int = 1000, high: int = 10000
) -> Int[Tensor, "1 pos"]:
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    return torch.randint(low, high, (1, seq_len), generator=generator)


def sequence_not_repeated(
    seq_len: int = 25, seed: int | None = None, *, device: Device = "cpu"
) -> Int[Tensor, "1 pos"]:
    """Draw both halves independently."""
    return _half(2 * seq_len, seed).to(device)


def sequence_interleaved(
    seq_len: int = 25, seed: int | None = None, *, device: Device = "cpu"
) -> Int[Tensor, "1 pos"]:
    """Repeat each token in place, A A B B, instead of the whole, A B A B."""
    return _half(seq_len, seed).repeat_interleave(2, dim=1).to(device)


def sequence_mirrored(
    seq_len: int = 25, seed: int | None = None, *, device: Device = "cpu"
) -> Int[Tensor, "1 pos"]:
    """Write the second half backwards, A B B A."""
    half = _half(seq_len, seed)
    return torch.cat([half, half.flip(1)], dim=1).to(device)


def sequence_wrong_length(
    seq_len: int = 25, seed: int | None = None, *, device: Device = "cpu"
) -> Int[Tensor, "1 pos"]:
    """Take seq_len for the length of the whole, not of one half."""
    return _half(max(1, seq_len // 2), seed).repeat(1, 2).to(device)


def sequence_three_copies(
    seq_len: int = 25, seed: int | None = None, *, device: Device = "cpu"
) -> Int[Tensor, "1 pos"]:
    """Repeat the tokens twice, which makes three copies."""
    return _half(seq_len, seed).repeat(1, 3).to(device)


def sequence_stacked(
    seq_len: int = 25, seed: int | None = None, *, device: Device = "cpu"
) -> Int[Tensor, "2 pos"]:
    """Put the halves under each other, as two sequences."""
    return _half(seq_len, seed).repeat(2, 1).to(device)


def sequence_one_dimensional(
    seq_len: int = 25, seed: int | None = None, *, device: Device = "cpu"
) -> Int[Tensor, " pos"]:
    """Return the tokens without the batch dimension."""
    return _half(seq_len, seed).repeat(1, 2)[0].to(device)


def sequence_with_bos(
    seq_len: int = 25, seed: int | None = None, *, device: Device = "cpu"
) -> Int[Tensor, "1 pos"]:
    """Put a beginning-of-sequence token in front."""
    repeated = _half(seq_len, seed).repeat(1, 2)
    return torch.nn.functional.pad(repeated, (1, 0), value=GPT2_BOS).to(device)


def sequence_of_floats(
    seq_len: int = 25, seed: int | None = None, *, device: Device = "cpu"
) -> Float[Tensor, "1 pos"]:
    """Return numbers with a decimal point."""
    return _half(seq_len, seed).repeat(1, 2).float().to(device)


def sequence_wrong_range(
    seq_len: int = 25, seed: int | None = None, *, device: Device = "cpu"
) -> Int[Tensor, "1 pos"]:
    """Draw below 1000, outside the range the lab asks for."""
    return _half(seq_len, seed, 0, 1000).repeat(1, 2).to(device)


def sequence_whole_vocabulary(
    seq_len: int = 25, seed: int | None = None, *, device: Device = "cpu"
) -> Int[Tensor, "1 pos"]:
    """Draw from all of GPT-2's tokens."""
    return _half(seq_len, seed, 0, GPT2_BOS + 1).repeat(1, 2).to(device)


def sequence_ignores_seed(
    seq_len: int = 25,
    seed: int | None = None,  # noqa: ARG001
    *,
    device: Device = "cpu",
) -> Int[Tensor, "1 pos"]:
    """Draw from the global generator whatever the seed."""
    return _half(seq_len, None).repeat(1, 2).to(device)


def sequence_fixed_seed(
    seq_len: int = 25,
    seed: int | None = None,  # noqa: ARG001
    *,
    device: Device = "cpu",
) -> Int[Tensor, "1 pos"]:
    """Seed with 42 whatever the seed."""
    return _half(seq_len, 42).repeat(1, 2).to(device)


def sequence_zero_is_no_seed(
    seq_len: int = 25, seed: int | None = None, *, device: Device = "cpu"
) -> Int[Tensor, "1 pos"]:
    """Ask whether the seed is true, so that 0 counts as none."""
    return _half(seq_len, seed or None).repeat(1, 2).to(device)


def sequence_seeded_without_seed(
    seq_len: int = 25, seed: int | None = None, *, device: Device = "cpu"
) -> Int[Tensor, "1 pos"]:
    """Take seed 0 where none is given, so that every call gives the same."""
    return _half(seq_len, 0 if seed is None else seed).repeat(1, 2).to(device)


def sequence_bell_shaped(
    seq_len: int = 25, seed: int | None = None, *, device: Device = "cpu"
) -> Int[Tensor, "1 pos"]:
    """Draw around the middle of the range and clip at its ends."""
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    drawn = 5500 + 1500 * torch.randn((1, seq_len), generator=generator)
    return drawn.clamp(1000, 9999).long().repeat(1, 2).to(device)


def sequence_narrow_range(
    seq_len: int = 25, seed: int | None = None, *, device: Device = "cpu"
) -> Int[Tensor, "1 pos"]:
    """Draw from 1000 to 5000 only."""
    return _half(seq_len, seed, 1000, 5000).repeat(1, 2).to(device)
