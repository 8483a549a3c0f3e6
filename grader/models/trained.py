"""Training runs as files: trained once and kept, and read back as models."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor
from transformer_lens import HookedTransformer

from grader.errors import KernelError
from grader.models.training import STEPS, train, trained_weights, untrained
from grader.runs import Run, new_run_file, parse_run, run_file

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
