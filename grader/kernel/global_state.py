"""Random numbers and torch's settings: afterwards as they were before."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def settings_kept() -> Iterator[None]:
    """Leave random numbers and torch's settings as they are, whatever the block does."""
    seed, on_devices = torch.initial_seed(), _states_on_devices()
    states = torch.get_rng_state(), np.random.get_state(), random.getstate()
    dtype, device = torch.get_default_dtype(), torch.get_default_device()
    gradients, precision = torch.is_grad_enabled(), torch.get_float32_matmul_precision()
    try:
        yield
    finally:
        torch.set_default_dtype(dtype)
        # None is the CPU, without a word to every call that makes a tensor.
        torch.set_default_device(device if device.type != "cpu" else None)
        torch.set_grad_enabled(gradients)
        torch.set_float32_matmul_precision(precision)
        _restore_on_devices(on_devices, seed)
        torch.set_rng_state(states[0])
        np.random.set_state(states[1])
        random.setstate(states[2])


def _states_on_devices() -> list[torch.Tensor]:
    """Of CUDA's random numbers; none where CUDA was not in use yet."""
    return torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []


def _restore_on_devices(states: list[torch.Tensor], seed: int) -> None:
    if states:
        torch.cuda.set_rng_state_all(states)
    elif torch.cuda.is_available():  # its first draws follow from the last seed that was set
        torch.cuda.manual_seed_all(seed)
