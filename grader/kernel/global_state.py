"""Saves and restores global state: random number generators and torch's settings."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def preserve_global_state() -> Iterator[None]:
    """Restore the random number generators and torch's settings when the block ends."""
    seed, cuda_states = torch.initial_seed(), _cuda_states()
    states = torch.get_rng_state(), np.random.get_state(), random.getstate()
    dtype, device = torch.get_default_dtype(), torch.get_default_device()
    gradients, precision = torch.is_grad_enabled(), torch.get_float32_matmul_precision()
    try:
        yield
    finally:
        torch.set_default_dtype(dtype)
        # None means the CPU, and avoids the per-call overhead of torch's device mode.
        torch.set_default_device(device if device.type != "cpu" else None)
        torch.set_grad_enabled(gradients)
        torch.set_float32_matmul_precision(precision)
        _restore_cuda_states(cuda_states, seed)
        torch.set_rng_state(states[0])
        np.random.set_state(states[1])
        random.setstate(states[2])


def _cuda_states() -> list[torch.Tensor]:
    """Return the RNG state of every CUDA device; none if CUDA has not been initialised."""
    return torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []


def _restore_cuda_states(states: list[torch.Tensor], seed: int) -> None:
    if states:
        torch.cuda.set_rng_state_all(states)
    elif torch.cuda.is_available():  # the first draws there follow from the last seed that was set
        torch.cuda.manual_seed_all(seed)
