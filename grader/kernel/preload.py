"""Preloads what all forked kernels share: imports, prebuilt models and matplotlib's warm-up."""

import io
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

import matplotlib.pyplot as plt
import plotly.express as px
import torch

from grader.kernel.integrity import SAMPLE_MODEL
from grader.kernel.model_store import prebuild

_KERNEL_MODULES = [
    "grader.kernel.probe",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "stack_data",
    "pygments.formatters.html",
    "pygments.formatters.terminal256",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
    "py_landlock",
]
_DRIVER_MODULES = ("grader.kernel.notebook_run", "nbclient")
_LAB_MODULES = [
    "transformer_lens",
    "pandas",
    "plotly.graph_objects",
    "plotly.subplots",
    "einops",
    "einops._torch_specific",
]


def preload(models: Sequence[str]) -> None:
    """Do the work that every kernel would otherwise repeat.

    Args:
        models: Names of the models that notebooks and probes use.

    Raises:
        KernelError: A model cannot be built or loaded.
    """
    for name in (*_KERNEL_MODULES, *_DRIVER_MODULES, *_LAB_MODULES):
        with suppress(ImportError):  # a missing module only costs kernels a little time
            import_module(name)
    torch.set_grad_enabled(False)
    _render_warmup_figures()
    for name in dict.fromkeys((SAMPLE_MODEL, *models)):
        prebuild(name)


def _render_warmup_figures() -> None:
    """Draw one figure per library, which loads fonts, templates and validators (one second)."""
    figure = plt.figure()
    plt.imshow([[0.0, 1.0]])
    plt.colorbar()
    figure.savefig(io.BytesIO(), format="png")
    plt.close(figure)
    px.imshow([[0.0, 1.0]])._repr_mimebundle_()
