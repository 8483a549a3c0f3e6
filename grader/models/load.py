"""Finds the model a name stands for: planted, random, or real."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

import huggingface_hub.constants
import torch
from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]  # its library's own
from transformer_lens import HookedTransformer, HookedTransformerConfig
from transformer_lens.loading_from_pretrained import (
    get_official_model_name,
    get_pretrained_model_config,
    get_pretrained_state_dict,
)
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from grader.errors import KernelError
from grader.models.planted.build import plant
from grader.models.random_weights import random_model
from grader.models.tokenizer import GPT2_VOCABULARY, gpt2_tokenizer
from grader.models.transformations import DISGUISES, disguise

CONSTRUCTED = re.compile(
    r"(?P<how>planted|generic)-(?P<n_layers>\d{1,3})x(?P<n_heads>\d{1,3})"
    r"(?:@(?P<seed>\d{1,18}))?(?:/(?P<d_vocab>\d{1,6}))?"
    rf"(?P<disguises>(?:\+(?:{'|'.join(DISGUISES)}))*)"
)
GRAMMAR = (
    "planted-LAYERSxHEADS[@SEED][/VOCAB] or generic-LAYERSxHEADS[@SEED][/VOCAB], in disguise with"
    f" {', '.join('+' + name for name in DISGUISES)} after it"
)

_from_pretrained = HookedTransformer.from_pretrained  # kept: a kernel replaces the public one


def load_model(name: str, device: str) -> HookedTransformer:
    """Load the model a name stands for, ready to be looked into: no dropout and no gradients.

    Args:
        name: `planted-12x12`, `planted-7x5@3`, `generic-3x5@1/120`, one of these in disguise, such
            as `generic-3x5+heads+scale`, a name that TransformerLens knows, or a directory with
            weights in Hugging Face's format.
        device: Where the model goes, such as `cpu` or `cuda`.

    Raises:
        KernelError: No model has this name, or its weights are not on this machine.
    """
    if is_constructed(name):
        model = _construct(name)
        if device != "cpu":
            model.to(device, print_details=False)
    elif Path(name).is_dir():
        model = _load_directory(Path(name), device)
    else:
        model = load_pretrained(name, device)
    return model.eval().requires_grad_(requires_grad=False)


def resolve_device(asked: str) -> str:
    """The device that `auto` means here.

    Args:
        asked: `auto`, `cpu` or `cuda`.

    Raises:
        KernelError: If CUDA is asked for and not to be had.
    """
    if asked == "cuda" and not torch.cuda.is_available():
        raise KernelError("there is no CUDA device that torch can use here: try --device cpu")
    if asked != "auto":
        return asked
    return "cuda" if torch.cuda.is_available() else "cpu"


def is_constructed(name: str) -> bool:
    """Whether a name is one of those whose models are made here and not loaded."""
    return name.startswith(("planted", "generic"))


def _construct(name: str) -> HookedTransformer:
    """Build a model by its name, and put it in its disguises.

    A planted model with GPT-2's vocabulary has GPT-2's tokenizer, and so no tokens to renumber.
    """
    match = CONSTRUCTED.fullmatch(name)
    if match is None:
        raise KernelError(f"no model is called {name!r}: write {GRAMMAR}")
    n_layers, n_heads, seed = (int(match[part] or 0) for part in ("n_layers", "n_heads", "seed"))
    planted = match["how"] == "planted"
    least = 2 if planted else 1
    if n_layers < least or n_heads < 1:
        raise KernelError(f"{name!r} is too small: it needs {least} layers or more, and a head")
    d_vocab = int(match["d_vocab"] or (GPT2_VOCABULARY if planted else 120))
    if d_vocab < 2:  # noqa: PLR2004
        raise KernelError(f"{name!r} is too small: it needs 2 tokens or more")
    disguises = match["disguises"].split("+")[1:]
    has_text = planted and d_vocab == GPT2_VOCABULARY
    if has_text and "tokens" in disguises:
        raise KernelError(f"{name!r} would give GPT-2's tokens other texts: write /10000+tokens")
    model = (
        plant(seed, n_layers, n_heads, d_vocab).model
        if planted
        else random_model(seed, n_layers, n_heads, d_vocab)
    )
    disguise(model, disguises)
    if has_text:
        model.set_tokenizer(gpt2_tokenizer(add_bos_token=True))
    return model


def load_pretrained(name: str, device: str, checkpoint: int | None = None) -> HookedTransformer:
    """A model that TransformerLens knows by name, from the hub or its cache on this machine.

    Args:
        name: One of TransformerLens's names for it.
        device: Where the model goes.
        checkpoint: Which moment of its training; None for its end.

    Raises:
        KernelError: There is no such model, or its weights are not on this machine and cannot be
            downloaded.
    """
    with published(name, checkpoint) as official_name, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        revision = _revision(official_name, checkpoint)
        if revision is None:
            return _from_pretrained(name, device=device, checkpoint_value=checkpoint)
        # TransformerLens 3.9 itself would ask for Pythia's with a token that is empty: refused.
        weights = AutoModelForCausalLM.from_pretrained(
            official_name, revision=revision, dtype=torch.float32
        )
        return _from_pretrained(name, device=device, hf_model=weights)


@contextmanager
def published(name: str, checkpoint: int | None = None) -> Iterator[str]:
    """Load a published model within the block, by the name that the hub knows it under.

    Args:
        name: One of TransformerLens's names for it.
        checkpoint: Which moment of its training is loaded; None for its end.

    Yields:
        Its official name.

    Raises:
        KernelError: There is no such model, or its weights are not on this machine and cannot be
            downloaded; says where they were looked for and how to get them.
    """
    try:
        official_name = get_official_model_name(name)
    except ValueError:
        if "+" in name:
            raise KernelError(
                f"no model is called {name!r}: only planted and generic ones go in disguise"
            ) from None
        raise KernelError(
            f"no model is called {name!r}: write planted-12x12, a name that TransformerLens knows,"
            " or a directory with weights"
        ) from None
    try:
        yield official_name
    except (OSError, HTTPError) as error:
        cache = huggingface_hub.constants.HF_HUB_CACHE
        revision = _revision(official_name, checkpoint)
        command = f"hf download {official_name}" + (f" --revision {revision}" if revision else "")
        raise KernelError(
            f"the weights of {name!r} are neither in {cache} nor could they be downloaded:"
            f" run `{command}` where there is a network, then point HF_HOME to it"
        ) from error


def _revision(official_name: str, checkpoint: int | None) -> str | None:
    """The hub's name of a checkpoint, where each is a branch of its own."""
    if checkpoint is None or official_name.startswith("NeelNanda/"):
        return None
    kind = "checkpoint-" if official_name.startswith("stanford-crfm/") else "step"
    return f"{kind}{checkpoint}"


def _load_directory(directory: Path, device: str) -> HookedTransformer:
    """A model saved with `save_pretrained`, processed as `from_pretrained` processes any other.

    TransformerLens's own `from_pretrained` asks the hub for the configuration, weights or not.
    """
    try:
        weights = AutoModelForCausalLM.from_pretrained(
            directory, local_files_only=True, dtype=torch.float32
        )
    except (OSError, ValueError) as error:
        raise KernelError(
            f"{directory} holds no weights in Hugging Face's format: save a model there with"
            " its save_pretrained"
        ) from error
    cfg = _config_of(weights, device)
    cfg.model_name = directory.name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        model = HookedTransformer(cfg, tokenizer_of(directory, cfg.d_vocab))
    model.load_and_process_state_dict(get_pretrained_state_dict(str(directory), cfg, weights))
    model.to(device, print_details=False)
    return model


def _config_of(weights: PreTrainedModel, device: str) -> HookedTransformerConfig:
    """TransformerLens's configuration for some weights; it can only read one from a directory."""
    config = deepcopy(weights.config)
    if not hasattr(config, "n_ctx"):  # GPT-2's old name for it, which new files lack
        config.n_ctx = config.max_position_embeddings
    with TemporaryDirectory() as scratch:
        config.save_pretrained(scratch)
        cfg = get_pretrained_model_config(
            scratch, hf_cfg=config.to_dict(), fold_ln=True, device=device
        )
    cfg.tokenizer_name = None
    return cfg


def tokenizer_of(directory: Path, d_vocab: int) -> PreTrainedTokenizerBase | None:
    """The tokenizer saved beside the weights, GPT-2's where the size fits, or none."""
    if (directory / "tokenizer_config.json").exists():
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            directory, local_files_only=True
        )
        return tokenizer
    return gpt2_tokenizer(add_bos_token=True) if d_vocab == GPT2_VOCABULARY else None
