"""Variants of ablate_heads: the lab's mean, and other ways to hook the same heads."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from transformer_lens.hook_points import HookPoint

from reference.induction_heads.arguments import Model

Hooks = list[tuple[str | Callable[..., Any], Callable[..., Any]]]


def mean_ablation_as_printed(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Mean-ablate with one number a head, the mean over batch, position and d_head."""
    cut = list(heads_to_ablate)

    def replace(z: Tensor, hook: HookPoint) -> Tensor:
        replaced = z.clone()
        for layer, head in cut:
            if layer == hook.layer():
                replaced[:, :, head] = 0 if method == "zero" else z[:, :, head].mean()
        return replaced

    with torch.inference_mode():
        logits: Tensor = model.run_with_hooks(
            tokens, fwd_hooks=[(f"blocks.{layer}.attn.hook_z", replace) for layer in dict(cut)]
        )
    return logits


@torch.no_grad()
def ablate_in_place(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Overwrite the activation, as the lab prints, with a mean for each dimension."""

    def ablate_hook(activation: Tensor, head: int) -> Tensor:
        if method == "zero":
            activation[:, :, head, :] = 0
        elif method == "mean":
            activation[:, :, head, :] = activation[:, :, head, :].mean(dim=(0, 1))
        return activation

    hooks: Hooks = []
    for layer, head in heads_to_ablate:
        hook_fn = lambda act, hook, h=head: ablate_hook(act, h)  # noqa: E731, ARG005 (the lab's)
        hooks.append((f"blocks.{layer}.attn.hook_z", hook_fn))
    logits: Tensor = model.run_with_hooks(tokens, fwd_hooks=hooks)
    return logits


@torch.no_grad()
def ablate_partial(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Give each hook its head with functools.partial."""

    def replace(z: Tensor, hook: HookPoint, head: int) -> Tensor:  # noqa: ARG001
        z = z.clone()
        own = z[:, :, head]
        z[:, :, head] = torch.zeros_like(own) if method == "zero" else own.mean(dim=(0, 1))
        return z

    hooks: Hooks = [
        (f"blocks.{layer}.attn.hook_z", partial(replace, head=head))
        for layer, head in heads_to_ablate
    ]
    logits: Tensor = model.run_with_hooks(tokens, fwd_hooks=hooks)
    return logits


@torch.no_grad()
def ablate_hook_factory(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Make each hook in a function that knows its head, within a `model.hooks` block."""

    def cutting(head: int) -> Callable[..., Tensor]:
        def replace(z: Tensor, hook: HookPoint) -> Tensor:  # noqa: ARG001
            out = z.detach().clone()
            out[..., head, :] = 0.0
            if method == "mean":
                out[..., head, :] = z[..., head, :].mean(dim=0).mean(dim=0)
            return out

        return replace

    hooks: Hooks = [
        (f"blocks.{layer}.attn.hook_z", cutting(head)) for layer, head in heads_to_ablate
    ]
    with model.hooks(fwd_hooks=hooks):
        logits: Tensor = model(tokens)
    return logits


@torch.no_grad()
def ablate_grouped(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Cut all heads of a layer in one hook, by a list of them."""
    by_layer = defaultdict(list)
    for layer, head in heads_to_ablate:
        by_layer[layer].append(head)

    def replace(z: Tensor, hook: HookPoint) -> Tensor:
        heads = by_layer[hook.layer()]
        z = z.clone()
        z[:, :, heads, :] = z[:, :, heads, :].mean(dim=(0, 1)) if method == "mean" else 0
        return z

    hooks: Hooks = [(f"blocks.{layer}.attn.hook_z", replace) for layer in by_layer]
    logits: Tensor = model.run_with_hooks(tokens, fwd_hooks=hooks)
    return logits


@torch.no_grad()
def ablate_every_layer_hooked(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Hook every layer by a filter of names, and look up there which heads to cut."""
    cut = set(heads_to_ablate)

    def replace(z: Tensor, hook: HookPoint) -> Tensor:
        z = z.clone()
        for head in range(z.shape[2]):
            if (hook.layer(), head) in cut:
                z[:, :, head] = 0 if method == "zero" else z[:, :, head].mean((0, 1))
        return z

    hooks: Hooks = [(lambda name: name.endswith("attn.hook_z"), replace)]
    logits: Tensor = model.run_with_hooks(tokens, fwd_hooks=hooks)
    return logits


@torch.no_grad()
def ablate_masked(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Multiply by a mask of zeros and ones, and add the mean where it is zero."""
    keep = torch.ones(model.cfg.n_layers, model.cfg.n_heads, 1, device=model.cfg.device)
    for layer, head in heads_to_ablate:
        keep[layer, head] = 0

    def mask(z: Tensor, hook: HookPoint) -> Tensor:
        kept = keep[hook.layer()]
        replaced = z * kept
        if method == "mean":
            replaced = replaced + z.mean(dim=(0, 1), keepdim=True) * (1 - kept)
        return replaced

    hooks: Hooks = [(f"blocks.{layer}.attn.hook_z", mask) for layer in range(model.cfg.n_layers)]
    logits: Tensor = model.run_with_hooks(tokens, fwd_hooks=hooks)
    return logits


@torch.no_grad()
def ablate_where(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Choose between a head's own output and its replacement with torch.where."""
    cut = torch.zeros(model.cfg.n_layers, model.cfg.n_heads, dtype=torch.bool)
    for layer, head in heads_to_ablate:
        cut[layer, head] = True

    def choose(z: Tensor, hook: HookPoint) -> Tensor:
        instead = z.mean(dim=(0, 1), keepdim=True) if method == "mean" else torch.zeros_like(z)
        return torch.where(cut[hook.layer()].to(z.device)[:, None], instead, z)

    layers = cut.any(dim=1).nonzero().flatten().tolist()
    hooks: Hooks = [(f"blocks.{layer}.attn.hook_z", choose) for layer in layers]
    logits: Tensor = model.run_with_hooks(tokens, fwd_hooks=hooks)
    return logits


@torch.no_grad()
def ablate_add_hook(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Add the hooks to the model and take them away again, whatever happens."""

    def replace(z: Tensor, hook: HookPoint, head: int) -> Tensor:  # noqa: ARG001
        replacement = 0 if method == "zero" else z[:, :, head].mean(dim=[0, 1])
        z = z.clone()
        z[:, :, head] = replacement
        return z

    try:
        for layer, head in heads_to_ablate:
            model.add_hook(f"blocks.{layer}.attn.hook_z", partial(replace, head=head))
        logits: Tensor = model(tokens)
    finally:
        model.reset_hooks()
    return logits
