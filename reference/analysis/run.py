"""The command's work: load, measure, show, write."""

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout

import torch
from rich.console import Console
from transformers.utils import logging

from grader.errors import KernelError
from grader.models import load_bridge, load_checkpoints, load_model, resolve_device
from reference.analysis.cost import Stopwatch, forget_peak
from reference.analysis.measure import Analysis, analyse
from reference.analysis.plot import draw, draw_formation_only, save
from reference.analysis.record import to_json
from reference.analysis.request import Files, Request
from reference.analysis.tables import render
from reference.analysis.training import TrainingRun
from reference.induction_heads import Model


def measure(request: Request, announce: Callable[[str], None]) -> Analysis:
    """Load the model and analyse it.

    Args:
        request: What is asked for.
        announce: Told what is being done.

    Raises:
        ValueError: If what is asked for does not fit together.
        KernelError: If there is no such model or device here, or too little memory on it.
    """
    request.check()
    watch = Stopwatch(announce)
    device = resolve_device(request.device)
    forget_peak(device)
    try:
        with _quiet():
            with watch.part("model"):
                model = load(request, device)
            training = training_run(request, device)
            return analyse(model, request.model, request.settings, training, watch)
    except torch.cuda.OutOfMemoryError as error:
        raise KernelError(f"{device} has too little memory: try a smaller --memory") from error


def show(analysis: Analysis, console: Console, files: Files) -> None:
    """Print the tables and write the files.

    Args:
        analysis: What was measured.
        console: Where the tables go.
        files: Where the rest goes.

    Raises:
        KernelError: If a file cannot be written.
    """
    console.print(render(analysis), highlight=False)
    try:
        if files.json is not None:
            files.json.write_text(to_json(analysis), encoding="utf-8")
        if files.plot is not None:
            save(draw(analysis), files.plot)
        if files.formation is not None and analysis.formation is not None:
            save(draw_formation_only(analysis.formation), files.formation)
    except OSError as error:
        raise KernelError(f"{error.filename} cannot be written: {error.strerror}") from error


def load(request: Request, device: str) -> Model:
    """Load the model that is asked for.

    Args:
        request: What is asked for.
        device: Where the model goes.

    Raises:
        KernelError: If there is no such model here.
    """
    if request.bridge:
        return _converted(load_bridge(request.model, device), request.dtype)
    return _converted(load_model(request.model, device), request.dtype)


def training_run(request: Request, device: str) -> TrainingRun | None:
    """Prepare to load the checkpoints that are asked for, each when it is its turn.

    Args:
        request: What is asked for.
        device: Where the checkpoints go.
    """
    name = request.checkpoints
    if name is None:
        return None

    def checkpoints() -> Iterator[tuple[int, Model]]:
        for step, model in load_checkpoints(name, device):
            yield step, _converted(model, request.dtype)

    return TrainingRun(name, checkpoints())


def _converted(model: Model, dtype: str) -> Model:
    return model.to(getattr(torch, dtype), print_details=False)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what libraries say about themselves out of the tables and off the screen."""
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # untyped there
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
