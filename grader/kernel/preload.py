"""What all kernels need, done once: imports, the grading model, the first figure of each kind."""

import io
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

import matplotlib.pyplot as plt
import plotly.express as px
import torch

from grader.kernel.integrity import MODEL
from grader.kernel.model_store import make_ahead

_OF_KERNELS = [
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
_OF_DRIVERS = ("grader.kernel.notebook_run", "nbclient")
_OF_THE_LAB = [
    "transformer_lens",
    "pandas",
    "plotly.graph_objects",
    "plotly.subplots",
    "einops",
    "einops._torch_specific",
]


def get_ready(models: Sequence[str]) -> None:
    """Do what would otherwise be done in every kernel.

    Args:
        models: The models that notebooks and probes are given.

    Raises:
        KernelError: One cannot be built or loaded.
    """
    for name in (*_OF_KERNELS, *_OF_DRIVERS, *_OF_THE_LAB):
        with suppress(ImportError):  # one costs a little time where it is missing
            import_module(name)
    torch.set_grad_enabled(False)
    _draw()
    for name in dict.fromkeys((MODEL, *models)):
        make_ahead(name)


def _draw() -> None:
    """Fonts, templates, validators: they take a second the first time."""
    figure = plt.figure()
    plt.imshow([[0.0, 1.0]])
    plt.colorbar()
    figure.savefig(io.BytesIO(), format="png")
    plt.close(figure)
    px.imshow([[0.0, 1.0]])._repr_mimebundle_()
