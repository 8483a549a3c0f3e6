"""Mistakes in ablate_heads."""

from collections.abc import Callable, Iterable

import torch
from jaxtyping import Float, Int
from torch import Tensor
from transformer_lens.hook_points import HookPoint

from reference.induction_heads.arguments import Model


def _cut(z: Tensor, heads: list[int], method: str) -> Tensor:
    replaced = z.clone()
    replaced[:, :, heads] = 0 if method == "zero" else z[:, :, heads].mean(dim=(0, 1))
    return replaced


def _hooked(
    model: Model,
    tokens: Tensor,
    layers: Iterable[int],
    hook: Callable[..., Tensor],
    name: str = "z",
) -> Tensor:
    with torch.inference_mode():
        logits: Tensor = model.run_with_hooks(
            tokens, fwd_hooks=[(f"blocks.{layer}.attn.hook_{name}", hook) for layer in layers]
        )
    return logits


def ablate_late_binding(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Let every hook cut the head that the loop over heads ended on."""
    cut = list(heads_to_ablate)

    def replace(z: Tensor, hook: HookPoint) -> Tensor:  # noqa: ARG001
        return _cut(z, [cut[-1][1]], method)

    return _hooked(model, tokens, dict(cut), replace)


def ablate_whole_layer(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Cut every head of each listed head's layer."""

    def replace(z: Tensor, hook: HookPoint) -> Tensor:  # noqa: ARG001
        return _cut(z, list(range(model.cfg.n_heads)), method)

    return _hooked(model, tokens, dict(heads_to_ablate), replace)


def ablate_last_of_layer(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Keep one head a layer, the last listed, as a dict from layer to head does."""
    last = dict(heads_to_ablate)

    def replace(z: Tensor, hook: HookPoint) -> Tensor:
        return _cut(z, [last[hook.layer()]], method)

    return _hooked(model, tokens, last, replace)


def ablate_wrong_hook_point(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Cut the heads' queries, which leaves them attending evenly."""
    cut = list(heads_to_ablate)

    def replace(q: Tensor, hook: HookPoint) -> Tensor:
        return _cut(q, [head for layer, head in cut if layer == hook.layer()], method)

    return _hooked(model, tokens, dict(cut), replace, "q")


def ablate_nothing(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],  # noqa: ARG001
    method: str = "zero",  # noqa: ARG001
) -> Float[Tensor, "batch pos d_vocab"]:
    """Return the logits of the model as it is."""
    with torch.inference_mode():
        logits: Tensor = model(tokens)
    return logits


def ablate_mean_is_zero(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",  # noqa: ARG001
) -> Float[Tensor, "batch pos d_vocab"]:
    """Zero the heads whatever the method, so that "mean" is "zero"."""
    cut = list(heads_to_ablate)

    def replace(z: Tensor, hook: HookPoint) -> Tensor:
        return _cut(z, [head for layer, head in cut if layer == hook.layer()], "zero")

    return _hooked(model, tokens, dict(cut), replace)


def ablate_leaves_hooks(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Give the right logits but leave the hooks on the model for good."""
    cut = list(heads_to_ablate)

    def replace(tensor: Tensor, *, hook: HookPoint) -> Tensor:
        return _cut(tensor, [head for layer, head in cut if layer == hook.layer()], method)

    for layer in dict(cut):
        model.add_hook(f"blocks.{layer}.attn.hook_z", replace)
    with torch.inference_mode():
        logits: Tensor = model(tokens)
    return logits
