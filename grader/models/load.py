"""Loads a model by its name: planted, random, or real."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

import huggingface_hub.constants
import torch
from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]  # upstream
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
from grader.models.tokenizer import gpt2_tokenizer
from grader.models.transformations import transform
from grader.protocol.model_names import GPT2_VOCABULARY, ModelName, is_synthetic

_from_pretrained = HookedTransformer.from_pretrained  # a kernel replaces the public one


def load_model(name: str, device: str) -> HookedTransformer:
    """Load a model by its name, in evaluation mode and without gradients.

    Args:
        name: `planted-12x12`, `planted-7x5@3`, `generic-3x5@1/120`, one of these with
            transformations, such as `generic-3x5+heads+scale`, a name that TransformerLens knows,
            or a directory with weights in Hugging Face's format.
        device: Device of the model, such as `cpu` or `cuda`.

    Raises:
        KernelError: No model has this name, or its weights are not on this machine.
    """
    if is_synthetic(name):
        model = _build_synthetic(name)
        if device != "cpu":
            model.to(device, print_details=False)
    elif Path(name).is_dir():
        model = _load_directory(Path(name), device)
    else:
        model = load_pretrained(name, device)
    return model.eval().requires_grad_(requires_grad=False)


def resolve_device(device: str) -> str:
    """Return the device itself, or for `auto` the best device of this machine.

    Args:
        device: `auto`, `cpu` or `cuda`.

    Raises:
        KernelError: CUDA was requested and is not available.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise KernelError("there is no CUDA device that torch can use here: try --device cpu")
    if device != "auto":
        return device
    return "cuda" if torch.cuda.is_available() else "cpu"


def _build_synthetic(name: str) -> HookedTransformer:
    """Build a model from its name and apply its transformations.

    A planted model with GPT-2's vocabulary gets GPT-2's tokenizer.
    """
    parsed = ModelName.parse(name)
    build = _plant if parsed.kind == "planted" else random_model
    model = build(parsed.seed, parsed.n_layers, parsed.n_heads, parsed.d_vocab)
    transform(model, parsed.transformations)
    if parsed.has_gpt2_tokens:
        model.set_tokenizer(gpt2_tokenizer(add_bos_token=True))
    return model


def _plant(seed: int, n_layers: int, n_heads: int, d_vocab: int) -> HookedTransformer:
    return plant(seed, n_layers, n_heads, d_vocab).model


def load_pretrained(name: str, device: str, checkpoint: int | None = None) -> HookedTransformer:
    """Load a model that TransformerLens knows, from the hub or its cache on this machine.

    Args:
        name: One of TransformerLens's names for the model.
        device: Device of the model.
        checkpoint: Training step to load; None for the final weights.

    Raises:
        KernelError: There is no such model, or its weights are not on this machine and cannot be
            downloaded.
    """
    with published_model(name, checkpoint) as official_name, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        revision = _revision(official_name, checkpoint)
        if revision is None:
            return _from_pretrained(name, device=device, checkpoint_value=checkpoint)
        # TransformerLens 3.9 requests Pythia's checkpoints with an empty token, which is refused.
        weights = AutoModelForCausalLM.from_pretrained(
            official_name, revision=revision, dtype=torch.float32
        )
        return _from_pretrained(name, device=device, hf_model=weights)


@contextmanager
def published_model(name: str, checkpoint: int | None = None) -> Iterator[str]:
    """Resolve a published model's name, and explain failures to load it within the block.

    Args:
        name: One of TransformerLens's names for the model.
        checkpoint: Training step that is loaded; None for the final weights.

    Yields:
        The model's official name, which is its name on the hub.

    Raises:
        KernelError: There is no such model, or its weights are not on this machine and cannot be
            downloaded. The message says where they were searched and how to get them.
    """
    try:
        official_name = get_official_model_name(name)
    except ValueError:
        if "+" in name:
            raise KernelError(
                f"no model is called {name!r}: only planted and generic models can be transformed"
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
    """Return the hub's branch that holds a checkpoint, or None if it is not a branch."""
    if checkpoint is None or official_name.startswith("NeelNanda/"):
        return None
    kind = "checkpoint-" if official_name.startswith("stanford-crfm/") else "step"
    return f"{kind}{checkpoint}"


def _load_directory(directory: Path, device: str) -> HookedTransformer:
    """Load a model saved with `save_pretrained`, processed as `from_pretrained` processes any.

    TransformerLens's own `from_pretrained` requests the configuration from the hub even if it is
    given weights.
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
    cfg = _read_config(weights, device)
    cfg.model_name = directory.name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        model = HookedTransformer(cfg, tokenizer_of(directory, cfg.d_vocab))
    model.load_and_process_state_dict(get_pretrained_state_dict(str(directory), cfg, weights))
    model.to(device, print_details=False)
    return model


def _read_config(weights: PreTrainedModel, device: str) -> HookedTransformerConfig:
    """Return TransformerLens's configuration for a model; it is read from a temporary directory."""
    config = deepcopy(weights.config)
    if not hasattr(config, "n_ctx"):  # GPT-2's old field, which new files lack
        config.n_ctx = config.max_position_embeddings
    with TemporaryDirectory() as scratch:
        config.save_pretrained(scratch)
        cfg = get_pretrained_model_config(
            scratch, hf_cfg=config.to_dict(), fold_ln=True, device=device
        )
    cfg.tokenizer_name = None
    return cfg


def tokenizer_of(directory: Path, d_vocab: int) -> PreTrainedTokenizerBase | None:
    """Return the tokenizer saved beside the weights, or GPT-2's if the size fits, or None."""
    if (directory / "tokenizer_config.json").exists():
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            directory, local_files_only=True
        )
        return tokenizer
    return gpt2_tokenizer(add_bos_token=True) if d_vocab == GPT2_VOCABULARY else None
