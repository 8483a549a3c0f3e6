"""Variants of the exercises: other libraries' figures, other loops over groups and words."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import plotly.express as px
import plotly.graph_objects as go
import torch
from jaxtyping import Float, Int
from matplotlib.figure import Figure
from plotly.subplots import make_subplots
from torch import Tensor
from transformer_lens.hook_points import HookPoint

from reference.induction_heads.arguments import Model
from reference.induction_heads.loss import measure_induction_loss


@torch.no_grad()
def pattern_plotly_heatmap(
    model: Model, tokens: Int[Tensor, "batch pos"], layer: int, head: int
) -> go.Figure:
    """Draw a heatmap of a cached pattern, with query 0 at the bottom."""
    _, cache = model.run_with_cache(tokens)
    figure = go.Figure(data=go.Heatmap(z=cache["pattern", layer][0, head].cpu().numpy()))
    figure.update_layout(title=f"L{layer}H{head}", xaxis_title="key", yaxis_title="query")
    return figure


@torch.no_grad()
def pattern_plotly_imshow(
    model: Model, tokens: Int[Tensor, "batch pos"], layer: int, head: int
) -> go.Figure:
    """Draw with plotly express, as the lab draws its patterns."""
    _, cache = model.run_with_cache(tokens, return_type=None, remove_batch_dim=True)
    return px.imshow(
        cache["pattern", layer][head].detach().cpu().numpy(),
        labels={"x": "Key (Source)", "y": "Query (Attending)", "color": "Attention"},
        color_continuous_scale="Blues",
        title=f"L{layer}H{head}",
    )


@torch.no_grad()
def pattern_subplots(
    model: Model, tokens: Int[Tensor, "batch pos"], layer: int, head: int
) -> go.Figure:
    """Put lists of numbers, read in a hook, into the one cell of a grid of figures."""
    seen: list[Tensor] = []

    def look(pattern: Tensor, hook: HookPoint) -> None:  # noqa: ARG001
        seen.append(pattern[0, head])

    model.run_with_hooks(tokens, fwd_hooks=[(f"blocks.{layer}.attn.hook_pattern", look)])
    figure = make_subplots(rows=1, cols=1, subplot_titles=[f"L{layer}H{head}"])
    figure.add_trace(go.Heatmap(z=seen[0].tolist(), colorscale="Viridis"), row=1, col=1)
    figure.update_yaxes(autorange="reversed")
    return figure


@torch.no_grad()
def pattern_matplotlib_imshow(
    model: Model, tokens: Int[Tensor, "batch pos"], layer: int, head: int
) -> Figure:
    """Draw with matplotlib's imshow."""
    _, cache = model.run_with_cache(tokens)
    fig, ax = plt.subplots()
    image = ax.imshow(cache["pattern", layer][0, head].cpu().numpy(), cmap="Blues")
    ax.set(xlabel="key", ylabel="query", title=f"L{layer}H{head}")
    fig.colorbar(image, ax=ax)
    plt.close(fig)
    return fig


@torch.no_grad()
def pattern_matplotlib_matshow(
    model: Model, tokens: Int[Tensor, "batch pos"], layer: int, head: int
) -> Figure:
    """Draw with matplotlib's matshow."""
    _, cache = model.run_with_cache(tokens)
    fig, ax = plt.subplots(figsize=(5, 5))
    ax.matshow(cache["pattern", layer][0, head].cpu().numpy(), vmin=0, vmax=1)
    plt.close(fig)
    return fig


@torch.no_grad()
def pattern_matplotlib_pcolormesh(
    model: Model, tokens: Int[Tensor, "batch pos"], layer: int, head: int
) -> Figure:
    """Draw a mesh, whose first row is then put on top."""
    _, cache = model.run_with_cache(tokens)
    fig, ax = plt.subplots()
    ax.pcolormesh(cache["pattern", layer][0, head].cpu().numpy())
    ax.invert_yaxis()
    plt.close(fig)
    return fig


def effects_comprehension(
    model: Model,
    head_groups: Mapping[str, Sequence[tuple[int, int]]],
    seq_len: int = 25,
    n_samples: int = 5,
) -> dict[str, tuple[float, float]]:
    """Measure in a dict comprehension, the baseline as a group without heads."""
    return {
        name: measure_induction_loss(model, seq_len, heads, n_samples)
        for name, heads in {"baseline": [], **head_groups}.items()
    }


def effects_baseline_last(
    model: Model,
    head_groups: Mapping[str, Sequence[tuple[int, int]]],
    seq_len: int = 25,
    n_samples: int = 5,
) -> dict[str, tuple[float, float]]:
    """Measure group by group, by keyword, and the baseline at the end."""
    effects = {}
    for name in head_groups:
        loss, accuracy = measure_induction_loss(
            model, seq_len=seq_len, heads_to_ablate=head_groups[name], n_samples=n_samples
        )
        effects[name] = (loss, accuracy)
    effects["baseline"] = measure_induction_loss(model, seq_len=seq_len, n_samples=n_samples)
    return effects


@torch.no_grad()
def language_token_loop(
    model: Model, prompt: str, heads: Sequence[tuple[int, int]]
) -> Float[np.ndarray, " heads"]:
    """Walk back from the last token until the word is found."""
    tokens = model.to_tokens(prompt, prepend_bos=False)
    texts = model.to_str_tokens(prompt, prepend_bos=False)
    words = [str(text).strip().casefold() for text in texts]
    target = len(words) - 1
    while words[target - 1] != words[-1]:
        target -= 1
    _, cache = model.run_with_cache(tokens)
    attention = np.zeros(len(heads))
    for i, (layer, head) in enumerate(heads):
        attention[i] = cache["pattern", layer][0, head, -1, target].item()
    return attention


@torch.no_grad()
def language_torch_where(
    model: Model, prompt: str, heads: Sequence[tuple[int, int]]
) -> Float[Tensor, " heads"]:
    """Find the word with torch.where, and return a tensor."""
    tokens = model.to_tokens(prompt, prepend_bos=False)
    words = [str(text).strip().casefold() for text in model.to_str_tokens(tokens[0])]
    same = torch.tensor([word == words[-1] for word in words[:-1]])
    target = torch.where(same)[0][-1] + 1
    _, cache = model.run_with_cache(tokens)
    return torch.stack([cache["pattern", layer][0, head, -1, target] for layer, head in heads])


@torch.no_grad()
def language_decoded(model: Model, prompt: str, heads: Sequence[tuple[int, int]]) -> list[float]:
    """Decode token by token, keep where each word stood last, and return a list."""
    tokens = model.to_tokens(prompt, prepend_bos=False)
    texts = [model.to_string(tokens[0, pos]) for pos in range(tokens.shape[1])]
    words = [str(text).strip().casefold() for text in texts]
    last_seen = {word: pos for pos, word in enumerate(words[:-1])}
    target = last_seen[words[-1]] + 1
    _, cache = model.run_with_cache(tokens, names_filter=lambda name: "hook_pattern" in name)
    return [cache["pattern", layer][0, head, -1, target].item() for layer, head in heads]


@torch.no_grad()
def language_reversed_index(
    model: Model, prompt: str, heads: Sequence[tuple[int, int]]
) -> Float[np.ndarray, " heads"]:
    """Search the reversed words, and read all heads of all layers at once."""
    tokens = model.to_tokens(prompt, prepend_bos=False)
    *before, last = (str(text).strip().casefold() for text in model.to_str_tokens(tokens[0]))
    target = len(before) - before[::-1].index(last)
    _, cache = model.run_with_cache(tokens)
    patterns = cache.stack_activation("pattern").cpu().numpy()  # layer batch head query key
    layers, numbers = np.array(heads).T
    attention: np.ndarray = patterns[layers, 0, numbers, -1, target]
    return attention
