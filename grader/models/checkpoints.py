"""Loads a model at several moments of its training: a run trained here, a directory, or the hub.

A run is trained once and saved as one file with all its checkpoints.
"""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor
from transformer_lens import HookedTransformer
from transformer_lens.loading_from_pretrained import get_checkpoint_labels, get_official_model_name

from grader.errors import KernelError
from grader.models.load import load_model, load_pretrained, published_model
from grader.models.training import STEPS, initial_model, train, trained_weights
from grader.protocol.model_names import TRAINING_RUN_GRAMMAR, TrainingRun, is_training_run
from grader.protocol.training_runs import cached_run_file, run_file

LAB_VOCABULARY = 10_000
"""Upper bound of the tokens that the lab draws."""

MAX_CHECKPOINTS = 12
"""Most checkpoints to load of a published model; some models have hundreds."""

_STEP = re.compile(r"(?:step|checkpoint)[-_]?(\d{1,12})")

Checkpoint = tuple[int, HookedTransformer]


def load_checkpoints(name: str, device: str = "cpu") -> Iterator[Checkpoint]:
    """Load a model at several moments of its training, in order and one at a time.

    Args:
        name: A run, such as `trained-2x4@0`; a directory with a folder of Hugging Face weights for
            each step, such as `step1000` or `checkpoint-500`; or a model of which TransformerLens
            knows training checkpoints. A run that has not been trained yet is trained first.
        device: Device of the models.

    Returns:
        Pairs of the step and the model after it, in evaluation mode and without gradients. Some
        published models count tokens instead of steps.

    Raises:
        KernelError: No checkpoints have this name, or their weights are not on this machine.
    """
    if is_training_run(name):
        save_run(name)
        return _read_run(name, device)
    if Path(name).is_dir():
        return _read_directory(Path(name), device)
    return _load_published(name, device)


def save_run(name: str, steps: Sequence[int] = STEPS) -> Path:
    """Return the file with a run's weights; train the run and save it if there is no file yet.

    Args:
        name: Name of the run, such as `trained-2x4@0`.
        steps: The checkpoints to save if the run is trained now.

    Raises:
        KernelError: The name is not a run's, or the file cannot be written to the cache.
    """
    file = run_file(name)
    if file is not None:
        return file
    file = cached_run_file(name)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=file.parent) as scratch:
            temporary = Path(scratch) / file.name
            temporary.write_bytes(save(_train(TrainingRun.parse(name), steps)))
            temporary.replace(file)
    except OSError as error:
        raise KernelError(
            f"{name} cannot be kept in {file.parent} ({error.strerror}): set XDG_CACHE_HOME to a"
            " directory that can be written to"
        ) from error
    return file


def _train(run: TrainingRun, steps: Sequence[int]) -> dict[str, Tensor]:
    """Train a run and return the weights of all checkpoints, by `STEP/NAME`."""
    checkpoints = train(run.seed, run.n_layers, run.n_heads, steps)
    return {
        f"{step}/{name}": weight
        for step, weights in checkpoints.items()
        for name, weight in weights.items()
    }


def _read_run(name: str, device: str) -> Iterator[Checkpoint]:
    """Yield the checkpoints of a saved run, their vocabulary extended to the lab's.

    Raises:
        KernelError: The name is not a run's, or its file is damaged.
    """
    run, file = TrainingRun.parse(name), save_run(name)
    model = initial_model(torch.Generator(device="cpu"), run.n_layers, run.n_heads, torch.float32)
    model.eval().requires_grad_(requires_grad=False)
    try:
        with safe_open(file, framework="pt") as saved:
            for step in sorted({int(key.partition("/")[0]) for key in saved.keys()}):  # noqa: SIM118
                for weight_name, weight in trained_weights(model):
                    weight.copy_(saved.get_tensor(f"{step}/{weight_name}"))
                extended = extend_vocabulary(model, LAB_VOCABULARY)
                extended.to(device, print_details=False)
                yield step, extended
    except SafetensorError as error:
        raise KernelError(f"{file} is damaged: delete it, and it is made anew") from error


def extend_vocabulary(model: HookedTransformer, d_vocab: int) -> HookedTransformer:
    """Return a copy of a model with more tokens: token t behaves as token t mod the old number.

    Attention patterns stay the same. The loss rises by the logarithm of the number of copies of
    each token, because every prediction is shared among the copies.

    Args:
        model: The model to copy.
        d_vocab: The new number of tokens; with a multiple of the old number all tokens have
            equally many copies.
    """
    tokens = torch.arange(d_vocab, device=model.W_E.device) % model.cfg.d_vocab
    extended = deepcopy(model)
    extended.cfg.d_vocab = extended.cfg.d_vocab_out = d_vocab
    extended.embed.W_E.data = model.W_E.data[tokens]
    extended.unembed.W_U.data = model.W_U.data[:, tokens]
    extended.unembed.b_U.data = model.b_U.data[tokens]
    return extended


def _read_directory(directory: Path, device: str) -> Iterator[Checkpoint]:
    """Load the weights in each step's folder, in the order of the steps."""
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
    """Load a sample of the checkpoints that TransformerLens knows of a published model."""
    try:
        get_official_model_name(name)
        with published_model(name):
            steps, _ = get_checkpoint_labels(name)
    except ValueError:
        raise KernelError(
            f"TransformerLens knows no training checkpoints of {name!r}: write "
            f"{TRAINING_RUN_GRAMMAR}, or the name of a model of which it does, such as pythia-14m"
        ) from None
    return ((step, _load_checkpoint(step, name, device)) for step in subsample(steps))


def _load_checkpoint(step: int, name: str, device: str) -> HookedTransformer:
    model = load_pretrained(name, device, checkpoint=step)
    return model.eval().requires_grad_(requires_grad=False)


def subsample(steps: list[int]) -> list[int]:
    """Select at most `MAX_CHECKPOINTS` steps, evenly on a log scale, including both ends."""
    first, last = min(steps), max(steps)
    goals = np.geomspace(max(first, 1), last, MAX_CHECKPOINTS - 1)
    nearest = {min(steps, key=lambda step: abs(step - goal)) for goal in goals}
    return sorted({first, *nearest, last})
