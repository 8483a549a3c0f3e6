"""Loads real models as a `TransformerBridge`, the model class that follows TransformerLens 3."""

from pathlib import Path

from transformer_lens.model_bridge import TransformerBridge
from transformers import AutoConfig

from grader.errors import KernelError
from grader.models.load import published_model, tokenizer_of
from grader.protocol.model_names import is_synthetic

_boot_transformers = TransformerBridge.boot_transformers  # a kernel replaces the public one


def load_bridge(name: str, device: str) -> TransformerBridge:
    """Load a real model as a `TransformerBridge` that gives a `HookedTransformer`'s results.

    Its weights are processed as `HookedTransformer.from_pretrained` does. Without that, patterns
    and losses are the same, but compositions are not, because they compare weights.

    Args:
        name: A name that TransformerLens knows, or a directory with weights in Hugging Face's
            format.
        device: Device of the model, such as `cpu` or `cuda`.

    Raises:
        KernelError: No real model has this name, or its weights are not on this machine.
    """
    if is_synthetic(name):
        raise KernelError(f"{name!r} is constructed as a HookedTransformer and has no bridge")
    if Path(name).is_dir():
        bridge = _load_from_directory(Path(name), device)
    else:
        with published_model(name) as official_name:
            bridge = _boot_transformers(official_name, device=device)
    bridge.enable_compatibility_mode(disable_warnings=True)
    bridge.eval().requires_grad_(requires_grad=False)
    return bridge


def _load_from_directory(directory: Path, device: str) -> TransformerBridge:
    """Load a model saved with `save_pretrained`, with GPT-2's tokenizer if it has none."""
    try:
        d_vocab = AutoConfig.from_pretrained(directory, local_files_only=True).vocab_size
        tokenizer = tokenizer_of(directory, d_vocab)
        return _boot_transformers(str(directory), tokenizer=tokenizer, device=device)
    except (OSError, ValueError) as error:
        raise KernelError(
            f"{directory} holds no weights in Hugging Face's format: save a model there with"
            " its save_pretrained"
        ) from error
