"""Prepares a kernel before the first student cell: seeds, model loading and shims."""

import platform
import random
import sys
import types
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from IPython.core.getipython import get_ipython
from transformer_lens import HookedTransformer

from grader.kernel import MIME
from grader.kernel.figure_data import matplotlib_mime_data
from grader.kernel.model_store import ModelStore, shape_of
from grader.models import resolve_device


class Kernel:
    """Global state of this kernel process, set by `prepare`."""

    model_store: ModelStore
    model_name: str


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
    _patch_model_loading()
    _shim_colab()
    _shim_shell()
    _register_matplotlib_formatter()
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


def publish(content: dict[str, Any]) -> None:
    """Send the driver a JSON object, as an IPython display message."""
    shell = get_ipython()
    if shell is not None:
        shell.display_pub.publish(data={MIME: content}, metadata={})


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


def _patch_model_loading() -> None:
    """Make every way to load a model return a copy of the grading model."""

    def grading_model(*_args: Any, **_kwargs: Any) -> HookedTransformer:
        return Kernel.model_store.for_notebook(Kernel.model_name)

    for name in ("from_pretrained", "from_pretrained_no_processing"):
        setattr(HookedTransformer, name, staticmethod(grading_model))
    bridge = getattr(sys.modules.get("transformer_lens.model_bridge"), "TransformerBridge", None)
    if bridge is not None:
        bridge.boot_transformers = staticmethod(grading_model)


class _NullModule(types.ModuleType):
    """A module whose every attribute is a function that does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_args, **_kwargs: None


def _shim_colab() -> None:
    """Install a google.colab package whose modules, such as ``drive``, do nothing."""
    colab = _NullModule("google.colab")
    colab.__path__ = []
    for part in ("drive", "files", "userdata", "output"):
        module = _NullModule(f"google.colab.{part}")
        setattr(colab, part, module)
        sys.modules[module.__name__] = module
    sys.modules["google.colab"] = colab
    google = sys.modules.setdefault("google", types.ModuleType("google"))
    google.colab = colab  # type: ignore[attr-defined]  # the shim is what defines it


def _shim_shell() -> None:
    """Make ``input()`` return an empty line, ``exit()`` end a cell and ``%grade`` do nothing."""
    shell = get_ipython()
    if shell is None:
        return
    kernel = cast("Any", shell).kernel  # ipykernel's shell has one; IPython's type does not say so
    kernel.raw_input = lambda _prompt="": ""
    kernel.getpass = lambda *_args, **_kwargs: ""
    shell.user_ns.update(exit=_end_cell, quit=_end_cell)
    shell.magics_manager.register_function(_ignore_grade_magic, magic_name="grade")


def _register_matplotlib_formatter() -> None:
    """Display matplotlib figures together with their data, even if matplotlib is imported later."""
    shell = get_ipython()
    if shell is not None and shell.display_formatter is not None:
        # The only formatter that matplotlib's inline backend does not replace with its own.
        bundles = shell.display_formatter.mimebundle_formatter
        bundles.for_type_by_name("matplotlib.figure", "Figure", matplotlib_mime_data)


def _ignore_grade_magic(_line: str = "") -> None:
    """Ignore ``%grade`` in a notebook that is being graded."""


def _end_cell(*_args: Any) -> None:
    raise SystemExit
