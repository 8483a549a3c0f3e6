"""Mistakes in plot_attention_pattern, ablation_effects and natural_language_induction."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Int
from torch import Tensor

from reference.induction_heads.arguments import Model
from reference.induction_heads.language import follower_of_last
from reference.induction_heads.loss import measure_induction_loss
from reference.mistakes.patterns import all_patterns

Groups = Mapping[str, Sequence[tuple[int, int]]]
Effects = dict[str, tuple[float, float]]


def _drawn(pattern: Float[Tensor, "rows columns"]) -> go.Figure:
    return go.Figure(go.Heatmap(z=pattern.numpy()))


def pattern_transposed(
    model: Model, tokens: Int[Tensor, "batch pos"], layer: int, head: int
) -> go.Figure:
    """Draw keys as rows and queries as columns."""
    return _drawn(all_patterns(model, tokens)[layer, 0, head].mT)


def pattern_upside_down(
    model: Model, tokens: Int[Tensor, "batch pos"], layer: int, head: int
) -> go.Figure:
    """Turn the rows of the matrix over instead of the axis."""
    return _drawn(all_patterns(model, tokens)[layer, 0, head].flip(0))


def pattern_counted_from_one(
    model: Model, tokens: Int[Tensor, "batch pos"], layer: int, head: int
) -> go.Figure:
    """Count heads from 1 and draw the one before."""
    return _drawn(all_patterns(model, tokens)[layer, 0, head - 1])


def pattern_head_before_layer(
    model: Model, tokens: Int[Tensor, "batch pos"], layer: int, head: int
) -> go.Figure:
    """Exchange the numbers of layer and head, as far as the model has such a head."""
    patterns = all_patterns(model, tokens)
    return _drawn(patterns[head % len(patterns), 0, layer % patterns.shape[2]])


def pattern_mean_over_heads(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    layer: int,
    head: int,  # noqa: ARG001
) -> go.Figure:
    """Draw the mean of the layer's heads."""
    return _drawn(all_patterns(model, tokens)[layer, 0].mean(dim=0))


def pattern_not_drawn(
    model: Model, tokens: Int[Tensor, "batch pos"], layer: int, head: int
) -> Float[np.ndarray, "query_pos key_pos"]:
    """Return the matrix and no figure of it."""
    pattern: np.ndarray = all_patterns(model, tokens)[layer, 0, head].numpy()
    return pattern


def _effects(model: Model, head_groups: Groups, seq_len: int, n_samples: int) -> Effects:
    groups = {"baseline": None, **head_groups}
    return {
        name: measure_induction_loss(model, seq_len, heads, n_samples)
        for name, heads in groups.items()
    }


def effects_without_baseline(
    model: Model, head_groups: Groups, seq_len: int = 25, n_samples: int = 5
) -> Effects:
    """Leave out the baseline."""
    effects = _effects(model, head_groups, seq_len, n_samples)
    return {name: effect for name, effect in effects.items() if name != "baseline"}


def effects_as_differences(
    model: Model, head_groups: Groups, seq_len: int = 25, n_samples: int = 5
) -> Effects:
    """Give each group's difference from the baseline."""
    effects = _effects(model, head_groups, seq_len, n_samples)
    loss, accuracy = effects["baseline"]
    differences = {name: (one - loss, two - accuracy) for name, (one, two) in effects.items()}
    return differences | {"baseline": (loss, accuracy)}


def effects_accumulate(
    model: Model, head_groups: Groups, seq_len: int = 25, n_samples: int = 5
) -> Effects:
    """Keep the heads of earlier groups ablated."""
    cut: list[tuple[int, int]] = []
    growing = {}
    for name, heads in head_groups.items():
        cut = [*cut, *heads]
        growing[name] = cut
    return _effects(model, growing, seq_len, n_samples)


def effects_head_by_head(
    model: Model, head_groups: Groups, seq_len: int = 25, n_samples: int = 5
) -> Effects:
    """Ablate a group's heads one at a time and average."""
    effects = _effects(model, {}, seq_len, n_samples)
    for name, heads in head_groups.items():
        each = [measure_induction_loss(model, seq_len, [head], n_samples) for head in heads]
        loss, accuracy = np.mean(each, axis=0).tolist()
        effects[name] = loss, accuracy
    return effects


def effects_reversed(
    model: Model, head_groups: Groups, seq_len: int = 25, n_samples: int = 5
) -> Effects:
    """Put the accuracy before the loss."""
    effects = _effects(model, head_groups, seq_len, n_samples)
    return {name: (accuracy, loss) for name, (loss, accuracy) in effects.items()}


def effects_losses_only(
    model: Model, head_groups: Groups, seq_len: int = 25, n_samples: int = 5
) -> dict[str, float]:
    """Keep the losses and leave out the accuracies."""
    effects = _effects(model, head_groups, seq_len, n_samples)
    return {name: loss for name, (loss, _) in effects.items()}


def _read(
    model: Model, prompt: str, *, prepend_bos: bool = False
) -> tuple[Float[Tensor, "n_layers head_index query_pos key_pos"], int]:
    tokens = model.to_tokens(prompt, prepend_bos=prepend_bos)
    texts = [str(text) for text in model.to_str_tokens(tokens[0])]
    return all_patterns(model, tokens)[:, 0], follower_of_last(texts)


def _of_heads(
    attention: Float[Tensor, "n_layers head_index"], heads: Sequence[tuple[int, int]]
) -> Float[np.ndarray, " heads"]:
    return np.array([attention[layer, head].item() for layer, head in heads])


def language_to_the_word_itself(
    model: Model, prompt: str, heads: Sequence[tuple[int, int]]
) -> Float[np.ndarray, " heads"]:
    """Look at the word's previous occurrence, not at what followed it."""
    patterns, target = _read(model, prompt)
    return _of_heads(patterns[..., -1, target - 1], heads)


def language_one_too_far(
    model: Model, prompt: str, heads: Sequence[tuple[int, int]]
) -> Float[np.ndarray, " heads"]:
    """Look two positions after the word's previous occurrence."""
    patterns, target = _read(model, prompt)
    return _of_heads(patterns[..., -1, target + 1], heads)


def language_from_earlier_word(
    model: Model, prompt: str, heads: Sequence[tuple[int, int]]
) -> Float[np.ndarray, " heads"]:
    """Look from the word's previous occurrence, which cannot see what follows it."""
    patterns, target = _read(model, prompt)
    return _of_heads(patterns[..., target - 1, target], heads)


def language_largest_attention(
    model: Model, prompt: str, heads: Sequence[tuple[int, int]]
) -> Float[np.ndarray, " heads"]:
    """Take the largest weight of the last token, wherever it looks."""
    patterns, _ = _read(model, prompt)
    return _of_heads(patterns[..., -1, :].amax(dim=-1), heads)


def language_positions_without_bos(
    model: Model, prompt: str, heads: Sequence[tuple[int, int]]
) -> Float[np.ndarray, " heads"]:
    """Put a token in front and count positions as if it were not there."""
    patterns, target = _read(model, prompt, prepend_bos=True)
    return _of_heads(patterns[..., -1, target - 1], heads)


def language_with_bos(
    model: Model, prompt: str, heads: Sequence[tuple[int, int]]
) -> Float[np.ndarray, " heads"]:
    """Put a beginning-of-sequence token in front."""
    patterns, target = _read(model, prompt, prepend_bos=True)
    return _of_heads(patterns[..., -1, target], heads)


def _followers(
    model: Model, prompt: str, heads: Sequence[tuple[int, int]], positions: Sequence[int], nth: int
) -> Float[np.ndarray, " heads"]:
    patterns, _ = _read(model, prompt)
    return _of_heads(patterns[..., -1, positions[nth] + 1], heads)


def _words(model: Model, prompt: str) -> list[str]:
    tokens = model.to_tokens(prompt, prepend_bos=False)
    return [str(text).strip().casefold() for text in model.to_str_tokens(tokens[0])]


def language_first_occurrence(
    model: Model, prompt: str, heads: Sequence[tuple[int, int]]
) -> Float[np.ndarray, " heads"]:
    """Take the word's first occurrence where it has several."""
    words = _words(model, prompt)
    found = [i for i, word in enumerate(words[:-1]) if word == words[-1]]
    return _followers(model, prompt, heads, found, 0)


def language_part_of_a_word(
    model: Model, prompt: str, heads: Sequence[tuple[int, int]]
) -> Float[np.ndarray, " heads"]:
    """Take a longer word that the last one is a part of for the same word."""
    words = _words(model, prompt)
    found = [i for i, word in enumerate(words[:-1]) if words[-1] in word]
    return _followers(model, prompt, heads, found, -1)


def language_mean_over_heads(model: Model, prompt: str, heads: Sequence[tuple[int, int]]) -> float:
    """Average the heads to one number."""
    patterns, target = _read(model, prompt)
    return float(_of_heads(patterns[..., -1, target], heads).mean())
