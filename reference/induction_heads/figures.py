"""Exercise 1: draws a head's attention pattern.

The stripes to look for, one position back for previous-token heads and one half less one position
back for induction heads, are those shown by Olsson et al. (2022), In-context Learning and
Induction Heads.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Int
from plotly.subplots import make_subplots
from torch import Tensor

from reference.induction_heads.arguments import Model, require_head, require_tokens
from reference.induction_heads.scores import read_patterns


def plot_attention_pattern(
    model: Model, tokens: Int[Tensor, "batch pos"], layer: int, head: int
) -> go.Figure:
    """Draw one head's attention pattern on one sequence.

    Args:
        model: The model with the head.
        tokens: The sequence, as a batch of one.
        layer: The head's layer.
        head: The head's number in its layer.

    Returns:
        A heatmap with a row for each query position, first on top, and a column for each key
        position.

    Raises:
        ValueError: If the model has no such head, its patterns cannot be read, it cannot be run on
            `tokens`, or `tokens` is a batch of more.
    """
    require_head(model, layer, head)
    require_tokens(model, tokens)
    if len(tokens) != 1:
        raise ValueError(f"tokens must be a batch of 1 sequence, got {len(tokens)}")
    pattern = read_patterns(model, tokens, lambda pattern: pattern[0, head], [layer])[layer]
    figure = go.Figure(go.Heatmap(z=pattern.cpu().double().numpy(), colorscale="Blues"))
    figure.update_layout(
        title=f"Attention pattern of L{layer}H{head}",
        xaxis_title="Key position",
        yaxis_title="Query position",
        yaxis_autorange="reversed",
    )
    return figure


def attention_patterns(
    model: Model, tokens: Int[Tensor, "batch pos"], heads: Sequence[tuple[int, int]]
) -> list[Float[np.ndarray, "query_pos key_pos"]]:
    """Return the attention patterns of some heads on one sequence, query by key.

    Args:
        model: The model with the heads.
        tokens: The sequence, as a batch of one.
        heads: Layer and head of each.

    Returns:
        One pattern for each head, in order.

    Raises:
        ValueError: If the model has no such head, its patterns cannot be read, or it cannot be run
            on `tokens`.
    """
    for layer, head in heads:
        require_head(model, layer, head)
    require_tokens(model, tokens)
    layers = sorted({layer for layer, _ in heads})
    patterns = read_patterns(model, tokens, lambda pattern: pattern[0], layers)
    return [patterns[layer][head].cpu().double().numpy() for layer, head in heads]


def plot_heatmaps(matrices: Sequence[Float[np.ndarray, "row column"]]) -> go.Figure:
    """Draw matrices side by side, first row on top.

    Args:
        matrices: The matrices, at least one.

    Returns:
        A figure with one heatmap for each matrix.

    Raises:
        ValueError: If there is no matrix.
    """
    if not matrices:
        raise ValueError("matrices must hold at least one matrix, got none")
    figure = make_subplots(rows=1, cols=len(matrices))
    for column, matrix in enumerate(matrices, start=1):
        figure.add_trace(go.Heatmap(z=matrix, showscale=False), row=1, col=column)
    figure.update_yaxes(autorange="reversed")
    return figure
