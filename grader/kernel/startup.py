"""Prepares a kernel before the first student cell: models, seeds and shims."""

import platform
import random
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformer_lens import HookedTransformer

from grader.kernel import shims
from grader.kernel.kernel_state import Kernel, publish
from grader.kernel.model_store import ModelStore, shape_of
from grader.models import resolve_device


def prepare(model: str, device: str, seed: int, weights: str, memory_fraction: float) -> None:
    """Prepare this kernel for a notebook and publish a description of it.

    Args:
        model: Name of the grading model.
        device: ``auto``, ``cpu`` or ``cuda``.
        seed: Seed for torch, numpy and random.
        weights: Folder that will hold the hidden models' weights.
        memory_fraction: Fraction of a CUDA device's memory for this kernel; others run beside it.

    Raises:
        KernelError: The model cannot be built or loaded.
    """
    Kernel.model_store = ModelStore(resolve_device(device), Path(weights))
    if Kernel.model_store.device.startswith("cuda"):
        torch.cuda.set_per_process_memory_fraction(memory_fraction)
    Kernel.model_name = model
    grading = Kernel.model_store.pristine(model)
    shims.install()
    reset_global_state(seed)
    Kernel.model_store.trim_memory()
    publish({"environment": describe_environment(Kernel.model_store, model, grading)})


def reset_global_state(seed: int) -> None:
    """Reset torch's settings and seed all random number generators."""
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    torch.set_float32_matmul_precision("highest")
    torch.set_grad_enabled(False)
    torch.manual_seed(seed)
    np.random.seed(seed)
    random.seed(seed)


def describe_environment(store: ModelStore, name: str, model: HookedTransformer) -> dict[str, Any]:
    """Describe the environment in which notebooks are graded, for the report.

    Args:
        store: Source of the models.
        name: The grading model's name.
        model: The grading model.
    """
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformer_lens": version("transformer_lens"),
        "model": name,
        "shape": shape_of(model),
        "device": store.device,
    }
