"""A model at moments of its training: from a run of our own, a directory, or the hub."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from transformer_lens import HookedTransformer
from transformer_lens.loading_from_pretrained import get_checkpoint_labels, get_official_model_name

from grader.errors import KernelError
from grader.models.loading import load_model, load_pretrained, published
from grader.models.trained import keep_run, read_run
from grader.runs import GRAMMAR, is_run

N_CHECKPOINTS = 12
"""About how many of a published model's checkpoints are taken; some have hundreds."""

_STEP = re.compile(r"(?:step|checkpoint)[-_]?(\d{1,12})")

Checkpoint = tuple[int, HookedTransformer]


def load_checkpoints(name: str, device: str = "cpu") -> Iterator[Checkpoint]:
    """Load a model as it was at moments of its training, in order and one at a time.

    Args:
        name: A run, such as `trained-2x4@0`; a directory with a folder of Hugging Face weights for
            each step, such as `step1000` or `checkpoint-500`; or a name of which TransformerLens
            knows training checkpoints. A run that is not kept yet is trained first.
        device: Where the models go.

    Returns:
        Pairs of the step, and the model after it, in evaluation mode and without gradients. Some
        published models count tokens instead of steps.

    Raises:
        KernelError: No checkpoints go by this name, or their weights are not on this machine.
    """
    if is_run(name):
        keep_run(name)
        return read_run(name, device)
    if Path(name).is_dir():
        return _read_directory(Path(name), device)
    return _load_published(name, device)


def _read_directory(directory: Path, device: str) -> Iterator[Checkpoint]:
    folders = {
        int(match[1]): folder
        for folder in directory.iterdir()
        if folder.is_dir() and (match := _STEP.fullmatch(folder.name))
    }
    if not folders:
        raise KernelError(
            f"{directory} holds no checkpoints: save each in a folder named step0, step1000, …"
        )
    return ((step, load_model(str(folder), device)) for step, folder in sorted(folders.items()))


def _load_published(name: str, device: str) -> Iterator[Checkpoint]:
    try:
        get_official_model_name(name)
        with published(name):
            steps, _ = get_checkpoint_labels(name)
    except ValueError:
        raise KernelError(
            f"TransformerLens knows no training checkpoints of {name!r}: write {GRAMMAR}, or the"
            " name of a model of which it does, such as pythia-14m"
        ) from None
    return ((step, _load_at(step, name, device)) for step in thin_out(steps))


def _load_at(step: int, name: str, device: str) -> HookedTransformer:
    model = load_pretrained(name, device, checkpoint=step)
    return model.eval().requires_grad_(requires_grad=False)


def thin_out(steps: list[int]) -> list[int]:
    """About a dozen of many steps, evenly spread over orders of magnitude; both ends are kept."""
    first, last = min(steps), max(steps)
    goals = np.geomspace(max(first, 1), last, N_CHECKPOINTS - 1)
    nearest = {min(steps, key=lambda step: abs(step - goal)) for goal in goals}
    return sorted({first, *nearest, last})
