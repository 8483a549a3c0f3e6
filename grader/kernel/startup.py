"""What a kernel does before the first student cell: seeds, models in place of downloads, shims."""

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
from grader.kernel.figure_data import matplotlib_bundle
from grader.kernel.model_store import Shelf, shape_of
from grader.models import resolve_device


class Kernel:
    """The one kernel this process is."""

    shelf: Shelf
    model: str


def prepare(model: str, device: str, seed: int, weights: str, share: float) -> None:
    """Make this kernel ready for a notebook and tell the driver what it is.

    Args:
        model: Name of the grading model.
        device: ``auto``, ``cpu`` or ``cuda``.
        seed: For torch, numpy and random.
        weights: The directory where hidden models' weights will be.
        share: Of a CUDA device's memory, what this kernel may take: others run beside it.

    Raises:
        KernelError: The model cannot be built or loaded.
    """
    Kernel.shelf = Shelf(resolve_device(device), Path(weights))
    if Kernel.shelf.device.startswith("cuda"):
        torch.cuda.set_per_process_memory_fraction(share)
    Kernel.model = model
    grading = Kernel.shelf.pristine(model)
    _hand_out_models()
    _shim_colab()
    _shim_shell()
    _add_heatmaps()
    calm(seed)
    Kernel.shelf.tidy()
    publish({"environment": describe(Kernel.shelf, model, grading)})


def calm(seed: int) -> None:
    """Bring the global state a probe depends on back to what it was at the start."""
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    torch.set_float32_matmul_precision("highest")
    torch.set_grad_enabled(False)
    torch.manual_seed(seed)
    np.random.seed(seed)
    random.seed(seed)


def publish(content: dict[str, Any]) -> None:
    """Hand the driver a JSON object."""
    shell = get_ipython()
    if shell is not None:
        shell.display_pub.publish(data={MIME: content}, metadata={})


def describe(shelf: Shelf, name: str, model: HookedTransformer) -> dict[str, Any]:
    """What notebooks are graded in, for the report.

    Args:
        shelf: Where the models come from.
        name: The grading model's.
        model: The grading model.
    """
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformer_lens": version("transformer_lens"),
        "model": name,
        "shape": shape_of(model),
        "device": shelf.device,
    }


def _hand_out_models() -> None:
    """Every way the lab could load a model gives the grading model, with weights of its own."""

    def grading_model(*_args: Any, **_kwargs: Any) -> HookedTransformer:
        return Kernel.shelf.for_notebook(Kernel.model)

    for name in ("from_pretrained", "from_pretrained_no_processing"):
        setattr(HookedTransformer, name, staticmethod(grading_model))
    bridge = getattr(sys.modules.get("transformer_lens.model_bridge"), "TransformerBridge", None)
    if bridge is not None:
        bridge.boot_transformers = staticmethod(grading_model)


class _Anything(types.ModuleType):
    """A module whose every attribute is a function that does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_args, **_kwargs: None


def _shim_colab() -> None:
    """``from google.colab import drive`` works and does nothing."""
    colab = _Anything("google.colab")
    colab.__path__ = []
    for part in ("drive", "files", "userdata", "output"):
        module = _Anything(f"google.colab.{part}")
        setattr(colab, part, module)
        sys.modules[module.__name__] = module
    sys.modules["google.colab"] = colab
    google = sys.modules.setdefault("google", types.ModuleType("google"))
    google.colab = colab  # type: ignore[attr-defined]  # the shim is what defines it


def _shim_shell() -> None:
    """``input()`` gives an empty line; ``exit()`` ends a cell; ``%grade`` is silent."""
    shell = get_ipython()
    if shell is None:
        return
    kernel = cast("Any", shell).kernel  # ipykernel's shell has one; IPython's type does not say so
    kernel.raw_input = lambda _prompt="": ""
    kernel.getpass = lambda *_args, **_kwargs: ""
    shell.user_ns.update(exit=_leave, quit=_leave)
    shell.magics_manager.register_function(_check_nothing, magic_name="grade")


def _add_heatmaps() -> None:
    """A matplotlib figure is displayed with the data it draws; matplotlib need not be there yet."""
    shell = get_ipython()
    if shell is not None and shell.display_formatter is not None:
        # The one formatter that matplotlib's inline backend leaves alone when it sets up its own.
        bundles = shell.display_formatter.mimebundle_formatter
        bundles.for_type_by_name("matplotlib.figure", "Figure", matplotlib_bundle)


def _check_nothing(_line: str = "") -> None:
    """A student's own check, in a notebook that is being graded."""


def _leave(*_args: Any) -> None:
    raise SystemExit
