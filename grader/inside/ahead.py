"""What all kernels need, done once: imports, the grading model, the first figure of each kind."""

import io

import ipykernel.ipkernel
import ipykernel.kernelapp  # noqa: F401 (a kernel's)
import matplotlib.pyplot as plt
import nbclient  # noqa: F401 (the driver's)
import pandas  # noqa: F401 (the lab's)
import plotly.express as px
import torch
import transformer_lens  # noqa: F401 (the lab's)

from grader.inside import probe, run  # noqa: F401 (the kernel's, and the driver's)
from grader.inside.shelf import make_ahead
from grader.inside.soundness import MODEL


def get_ready(model: str) -> None:
    """Do what would otherwise be done in every kernel.

    Args:
        model: The grading model.

    Raises:
        KernelError: It cannot be built or loaded.
    """
    torch.set_grad_enabled(False)
    _draw()
    for name in (MODEL, model):
        make_ahead(name)


def _draw() -> None:
    """Fonts, templates, validators: they take a second the first time."""
    figure = plt.figure()
    plt.imshow([[0.0, 1.0]])
    plt.colorbar()
    figure.savefig(io.BytesIO(), format="png")
    plt.close(figure)
    px.imshow([[0.0, 1.0]])._repr_mimebundle_()
