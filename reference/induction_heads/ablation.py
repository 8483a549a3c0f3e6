"""Ablation: runs a model with the outputs of some heads replaced.

The change in the model's output is causal evidence, which attention patterns alone cannot give.
Olsson et al. (2022), In-context Learning and Induction Heads, ablate heads in the same way.
"""

from collections import defaultdict
from collections.abc import Iterable

from jaxtyping import Float, Int
from torch import Tensor
from transformer_lens.hook_points import HookPoint

from reference.induction_heads.arguments import (
    Model,
    require_heads,
    require_hooks,
    require_tokens,
)
from reference.induction_heads.forward import exact_inference, to_device

ABLATION_METHODS = ("zero", "mean")


def ablate_heads(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    heads_to_ablate: Iterable[tuple[int, int]],
    method: str = "zero",
) -> Float[Tensor, "batch pos d_vocab"]:
    """Run the model with some heads' outputs replaced.

    A head's output is its row of `hook_z`, the attention-weighted sum of its values, before W_O.

    Args:
        model: The model to run; neither its weights nor its hooks are changed.
        tokens: The sequences to run it on.
        heads_to_ablate: Layer and head of each; with none, the logits are the model's own.
        method: "zero" replaces a head's output by 0, "mean" by its mean over batch and position,
            one value for each dimension of the head.

    Returns:
        The logits.

    Raises:
        ValueError: If the model has no such head or no such hook point, there is no such method,
            or `tokens` is not what the model can be run on.
    """
    if method not in ABLATION_METHODS:
        raise ValueError(f"method must be one of {', '.join(ABLATION_METHODS)}, got {method!r}")
    heads_of_layer = defaultdict(list)
    for layer, head in require_heads(model, heads_to_ablate, "heads_to_ablate"):
        heads_of_layer[layer].append(head)
    require_hooks(model, heads_of_layer, "hook_z")
    require_tokens(model, tokens)

    def replace(
        z: Float[Tensor, "batch pos head_index d_head"], hook: HookPoint
    ) -> Float[Tensor, "batch pos head_index d_head"]:
        replaced = z.clone()
        for head in heads_of_layer[hook.layer()]:  # one by one: indexing with a list would copy z
            replaced[:, :, head] = 0 if method == "zero" else z[:, :, head].mean(dim=(0, 1))
        return replaced

    with exact_inference():
        logits: Tensor = model.run_with_hooks(
            to_device(tokens, model),
            fwd_hooks=[(f"blocks.{layer}.attn.hook_z", replace) for layer in heads_of_layer],
        )
    return logits
