"""Training runs as files: trained once and kept, and read back as models."""

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
from grader.models.load import load_model, load_pretrained, published
from grader.models.training import STEPS, train, trained_weights, untrained
from grader.protocol.training_runs import GRAMMAR, Run, is_run, new_run_file, parse_run, run_file

# MERGED: A model at moments of its training: from a run of our own, a directory, or the hub.
LAB_VOCABULARY = 10_000
"""The lab draws tokens below this number."""


def keep_run(name: str, steps: Sequence[int] = STEPS) -> Path:
    """Find the file with a run's weights; train and keep them first if there is none.

    Args:
        name: Such as `trained-2x4@0`.
        steps: The checkpoints to take if it is trained now.

    Raises:
        KernelError: No run can have this name, or it cannot be kept where it should be.
    """
    file = run_file(name)
    if file is not None:
        return file
    file = new_run_file(name)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=file.parent) as scratch:
            built = Path(scratch) / file.name
            built.write_bytes(save(_train(parse_run(name), steps)))
            built.replace(file)
    except OSError as error:
        raise KernelError(
            f"{name} cannot be kept in {file.parent} ({error.strerror}): set XDG_CACHE_HOME to a"
            " directory that can be written to"
        ) from error
    return file


def _train(run: Run, steps: Sequence[int]) -> dict[str, Tensor]:
    checkpoints = train(run.seed, run.n_layers, run.n_heads, steps)
    return {
        f"{step}/{name}": weight
        for step, weights in checkpoints.items()
        for name, weight in weights.items()
    }


def read_run(name: str, device: str) -> Iterator[tuple[int, HookedTransformer]]:
    """Each checkpoint of a run that is kept, one at a time, with a vocabulary that fits the lab.

    Args:
        name: Such as `trained-2x4@0`.
        device: Where the models go.

    Raises:
        KernelError: No run can have this name, or its file is damaged.
    """
    run, file = parse_run(name), keep_run(name)
    model = untrained(torch.Generator(device="cpu"), run.n_layers, run.n_heads, torch.float32)
    model.eval().requires_grad_(requires_grad=False)
    try:
        with safe_open(file, framework="pt") as kept:
            for step in sorted({int(key.partition("/")[0]) for key in kept.keys()}):  # noqa: SIM118
                for weight_name, weight in trained_weights(model):
                    weight.copy_(kept.get_tensor(f"{step}/{weight_name}"))
                folded = fold_vocabulary(model, LAB_VOCABULARY)
                folded.to(device, print_details=False)
                yield step, folded
    except SafetensorError as error:
        raise KernelError(f"{file} is damaged: delete it, and it is made anew") from error


def fold_vocabulary(model: HookedTransformer, d_vocab: int) -> HookedTransformer:
    """Give a model more tokens, by folding them onto those that it knows.

    Token t is embedded and predicted as token t mod the model's own number is. Every attention
    pattern is the model's own. Its loss is not: each prediction is shared by as many copies of a
    token as there are now, so it is higher by the logarithm of their number.

    Args:
        model: Left as it is.
        d_vocab: The number of tokens to have; a multiple of the model's own gives all of them the
            same number of copies.
    """
    tokens = torch.arange(d_vocab, device=model.W_E.device) % model.cfg.d_vocab
    folded = deepcopy(model)
    folded.cfg.d_vocab = folded.cfg.d_vocab_out = d_vocab
    folded.embed.W_E.data = model.W_E.data[tokens]
    folded.unembed.W_U.data = model.W_U.data[:, tokens]
    folded.unembed.b_U.data = model.b_U.data[tokens]
    return folded


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
