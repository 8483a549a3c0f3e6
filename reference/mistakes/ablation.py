"""Mistakes in ablate_heads."""

from collections.abc import Callable, Iterable

import torch
from jaxtyping import Float, Int
from torch import Tensor
from transformer_lens.hook_points import HookPoint

from reference.induction_heads.arguments import Model


def _cut(
    z: Float[Tensor, "batch pos head_index d_head"], heads: list[int], method: str
) -> Float[Tensor, "batch pos head_index d_head"]:
    replaced = z.clone()
    replaced[:, :, heads] = 0 if method == "zero" else z[:, :, heads].mean(dim=(0, 1))
    return replaced


def _right(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str,
) -> Float[Tensor, "batch pos d_vocab"]:
    cut = list(heads_to_ablate)

    def replace(z: Tensor, hook: HookPoint) -> Tensor:
        return _cut(z, [head for layer, head in cut if layer == hook.layer()], method)

    return _hooked(model, tokens, dict(cut), replace)


def _hooked(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    layers: Iterable[int],
    hook: Callable[..., Tensor],
    name: str = "attn.hook_z",
) -> Float[Tensor, "batch pos d_vocab"]:
    with torch.inference_mode():
        logits: Tensor = model.run_with_hooks(
            tokens, fwd_hooks=[(f"blocks.{layer}.{name}", hook) for layer in layers]
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

    return _hooked(model, tokens, dict(cut), replace, "attn.hook_q")


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
    return _right(model, tokens, heads_to_ablate, "zero")


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


def ablate_values(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Cut what the heads' values say at each position, before attention gathers it."""
    cut = list(heads_to_ablate)

    def replace(v: Tensor, hook: HookPoint) -> Tensor:
        return _cut(v, [head for layer, head in cut if layer == hook.layer()], method)

    return _hooked(model, tokens, dict(cut), replace, "attn.hook_v")


def ablate_attn_out(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Cut the output of each listed head's whole attention layer, bias included."""

    def replace(out: Tensor, hook: HookPoint) -> Tensor:  # noqa: ARG001
        silent = torch.zeros_like(out)
        return silent if method == "zero" else silent + out.mean(dim=(0, 1))

    return _hooked(model, tokens, dict(heads_to_ablate), replace, "hook_attn_out")


def ablate_wrong_axis(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Index positions with the heads' numbers."""
    cut = list(heads_to_ablate)

    def replace(z: Tensor, hook: HookPoint) -> Tensor:
        heads = [head for layer, head in cut if layer == hook.layer()]
        return _cut(z.transpose(1, 2), heads, method).transpose(1, 2)

    return _hooked(model, tokens, dict(cut), replace)


def ablate_head_before_layer(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Read each pair as (head, layer)."""
    cut = list(heads_to_ablate)

    def replace(z: Tensor, hook: HookPoint) -> Tensor:
        heads = [head for head, layer in cut if layer == hook.layer() and head < z.shape[2]]
        return _cut(z, heads, method)

    return _hooked(model, tokens, range(model.cfg.n_layers), replace)


def ablate_last_position_only(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Cut the heads at the last position alone."""
    cut = list(heads_to_ablate)

    def replace(z: Tensor, hook: HookPoint) -> Tensor:
        heads = [head for layer, head in cut if layer == hook.layer()]
        return torch.cat([z[:, :-1], _cut(z, heads, method)[:, -1:]], dim=1)

    return _hooked(model, tokens, dict(cut), replace)


def ablate_first_sample_only(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Cut the heads in the first sequence of the batch alone."""
    cut = list(heads_to_ablate)

    def replace(z: Tensor, hook: HookPoint) -> Tensor:
        heads = [head for layer, head in cut if layer == hook.layer()]
        return torch.cat([_cut(z, heads, method)[:1], z[1:]])

    return _hooked(model, tokens, dict(cut), replace)


def ablate_mean_over_heads(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Take the mean of a layer's heads for the mean over batch and position."""
    cut = list(heads_to_ablate)

    def replace(z: Tensor, hook: HookPoint) -> Tensor:
        heads = [head for layer, head in cut if layer == hook.layer()]
        if method == "zero":
            return _cut(z, heads, method)
        replaced = z.clone()
        replaced[:, :, heads] = z.mean(dim=2, keepdim=True)
        return replaced

    return _hooked(model, tokens, dict(cut), replace)


def ablate_probabilities(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Return probabilities instead of logits."""
    return _right(model, tokens, heads_to_ablate, method).softmax(dim=-1)


def ablate_last_logits_only(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch d_vocab"]:
    """Return the logits of the last position alone."""
    return _right(model, tokens, heads_to_ablate, method)[:, -1]
