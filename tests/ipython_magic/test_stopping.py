"""The stop button ends a check; there is no time limit."""

from collections.abc import Iterator
from threading import Timer

import pytest

from tests.ipython_magic.kernel import LOADED, LiveKernel, started

pytestmark = pytest.mark.kernel

HANGS = """
import random, time, torch
def compute_induction_scores(model, seq_len=25, n_samples=10):
    torch.set_default_dtype(torch.float64)
    random.seed(0)
    while True:
        time.sleep(0.01)
"""
WRITTEN = """
import numpy as np
def compute_induction_scores(model, seq_len=25, n_samples=10):
    shape = model.cfg.n_layers, model.cfg.n_heads
    return np.linspace(0, 1, shape[0] * shape[1]).reshape(shape)
"""


@pytest.fixture(scope="module")
def kernel() -> Iterator[LiveKernel]:
    """Start a kernel whose function hangs."""
    with started(*LOADED, HANGS) as kernel:
        yield kernel


def test_an_interrupt_ends_the_check_in_one_line(kernel: LiveKernel) -> None:
    """The message names the hanging function and its line; the kernel's state is restored."""
    kernel.run("random.seed(7)")
    stop = Timer(8, kernel.interrupt)
    stop.start()
    text = kernel.text("%grade compute_induction_scores")
    assert text == (
        "Stopped in compute_induction_scores (line 5 of compute_induction_scores):"
        " nothing was checked.\n"
    )
    drawn = kernel.text("print(random.random(), torch.get_default_dtype(), model is not None)")
    assert drawn == kernel.text("random.seed(7); print(random.random(), torch.float32, True)")


def test_the_next_check_works(kernel: LiveKernel) -> None:
    """After a stop, the next check is judged as usual."""
    kernel.run(WRITTEN)
    assert kernel.report("compute_induction_scores")["scores_shape"]["outcome"] == "passed"
