"""The panels of the figure: each draws one part of an analysis on axes of its own."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from grader.models import Head
from reference.analysis.ablations import Ablation
from reference.analysis.compositions import Compositions
from reference.analysis.measure import Pattern
from reference.analysis.training import Formation
from reference.induction_heads import STRONG_INDUCTION

BLUE, LIGHT_BLUE, ORANGE, GREY = "#0072B2", "#56B4E9", "#D55E00", "#767676"
"""Colours of Okabe and Ito, which readers with any colour vision tell apart."""

SHADES = "Blues"
CROWDED = 6
"""With more columns than this, their names are written aslant."""

MAX_TICKS = 7
"""Round steps on the axis of a training run, before only powers of ten are written."""


def draw_scores(
    axes: Axes,
    scores: Float[np.ndarray, "n_layers n_heads"],
    outlined: Sequence[Head],
    title: str,
) -> None:
    """Draw one score of all heads, 0 to 1.

    Args:
        axes: Where to draw.
        scores: The score of each head.
        outlined: The heads to mark.
        title: What the score is.
    """
    image = axes.imshow(scores, cmap=SHADES, vmin=0, vmax=1, aspect="auto")
    for head in outlined:
        corner = (head.head - 0.5, head.layer - 0.5)
        axes.add_patch(
            Rectangle(corner, 1, 1, fill=False, edgecolor=ORANGE, linewidth=2, clip_on=False)
        )
    _whole_ticks(axes)
    _name(axes, title, "Head", "Layer")
    _colour_bar(axes, image)


def draw_pattern(axes: Axes, pattern: Pattern, score: float, seq_len: int) -> None:
    """Draw where a head attends to, between two lines that enclose its target.

    Args:
        axes: Where to draw.
        pattern: The head and its pattern.
        score: The head's induction score.
        seq_len: Length of one half of the sequence.
    """
    image = axes.imshow(pattern.attention, cmap=SHADES, vmin=0, vmax=1)
    queries = np.array([seq_len - 0.5, 2 * seq_len - 0.5])
    for side in (-1, 1):
        keys = queries - seq_len + 1 + side
        axes.plot(keys, queries, color=ORANGE, linewidth=1, linestyle="--")
    axes.annotate(
        "induction target",
        xy=(seq_len / 2 + 1, 1.5 * seq_len - 1),
        xytext=(0.97, 0.9),
        textcoords="axes fraction",
        horizontalalignment="right",
        arrowprops={"arrowstyle": "-", "color": ORANGE},
    )
    _whole_ticks(axes)
    judged = "" if score > STRONG_INDUCTION else ", not strong"
    title = f"Attention of {pattern.head} (best induction score, {score:.2f}{judged})"
    _name(axes, title, "Key position", "Query position")
    _colour_bar(axes, image)


def draw_compositions(axes: Axes, compositions: Compositions) -> None:
    """Draw the K-composition of the circuit's pairs.

    Args:
        axes: Where to draw.
        compositions: The table.
    """
    title = "K-composition"
    mean = compositions.model.k
    if mean is not None:
        title += f" (mean over all pairs {mean:.3f})"
    if not compositions.k.size:
        _say(axes, title, "No previous-token head\nand induction head\nto compare.")
        return
    later = np.array(
        [
            [source.layer < target.layer for target in compositions.targets]
            for source in compositions.sources
        ]
    )
    shown = np.where(later, compositions.k, np.nan)
    top = max(float(np.where(later, compositions.k, 0).max()), mean or 0.0) or 1.0
    image = axes.imshow(shown, cmap=SHADES, vmin=0, vmax=top, aspect="auto")
    axes.set_xticks(range(len(compositions.targets)), map(str, compositions.targets))
    axes.set_yticks(range(len(compositions.sources)), map(str, compositions.sources))
    if len(compositions.targets) > CROWDED:
        axes.tick_params(axis="x", rotation=45)
    for (row, column), ratio in np.ndenumerate(shown):
        axes.text(
            column,
            row,
            "-" if np.isnan(ratio) else f"{ratio:.3f}",
            horizontalalignment="center",
            verticalalignment="center",
            color="white" if ratio > 0.6 * top else "black",
            fontsize=8,
        )
    _name(axes, title, "Induction head (reads)", "Previous-token head (writes)")
    bar = _colour_bar(axes, image)
    if mean is not None:
        bar.ax.axhline(mean, color=ORANGE, linewidth=2)


def draw_ablations(axes: Axes, ablations: Sequence[Ablation]) -> None:
    """Draw the loss after each ablation, with the baseline as a line.

    Args:
        axes: Where to draw.
        ablations: The baseline, then groups and their controls.
    """
    base, *_ = ablations
    top = max(row.loss or 0.0 for row in ablations) or 1.0
    for place, row in enumerate(ablations):
        colour = LIGHT_BLUE if row.control else BLUE
        axes.barh(place, row.loss or 0.0, color=GREY if row is base else colour, height=0.6)
        end = max(row.loss or 0.0, base.loss or 0.0) + 0.02 * top
        axes.text(end, place, _outcome(row), verticalalignment="center")
    axes.axvline(base.loss or 0.0, color=GREY, linestyle=":", linewidth=1)
    axes.set_yticks(range(len(ablations)), [_group(row) for row in ablations])
    axes.set_xlim(0, 1.45 * top)
    axes.invert_yaxis()
    _name(axes, "Zero ablation", "Loss (nats)", "")
    _frameless(axes)


def draw_formation(axes: Axes, formation: Formation | None) -> None:
    """Draw the best induction score through training, and the step at which induction forms.

    Args:
        axes: Where to draw.
        formation: The training run, None where none was followed.
    """
    if formation is None:
        _say(axes, "Formation of induction", "No checkpoints were followed.")
        return
    steps, scores = formation.steps, formation.scores
    axes.plot(steps, scores, color=BLUE, marker="o", markersize=4, clip_on=False)
    ticks = _step_ticks(steps)
    axes.set_xscale("symlog", linthresh=max(1, *ticks[:2]), linscale=0.4)
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlim(left=min(0, *steps))
    axes.set_ylim(0, 1.02)
    if formation.formed_at is None:
        never = f"no score above {STRONG_INDUCTION:g}"
        axes.axhline(STRONG_INDUCTION, color=GREY, linestyle=":", label=never)
    else:
        when = f"forms at step {formation.formed_at:,}"
        axes.axhline(max(scores) / 2, color=GREY, linestyle=":", label="half of the highest")
        axes.axvline(formation.formed_at, color=ORANGE, linestyle="--", label=when)
    axes.legend(loc="upper left", frameon=False)
    title = f"Formation of induction in {formation.name}"
    _name(axes, title, "Training step", "Best induction score")
    _frameless(axes)


def _step_ticks(steps: Sequence[int]) -> list[int]:
    """Nought, and round numbers from the first step after it to the last."""
    positive = [step for step in steps if step > 0] or [1]
    powers = [10**n for n in range(len(str(positive[-1])))]
    for subs in ((1, 2, 5), (1,)):
        round_steps = [sub * power for power in powers for sub in subs]
        ticks = [step for step in round_steps if positive[0] <= step <= positive[-1]]
        if len(ticks) <= MAX_TICKS:
            break
    return [0, *ticks]


def _outcome(row: Ablation) -> str:
    if row.loss is None or row.accuracy is None:
        return "too few other heads" if row.control else "none found"
    return f"{row.loss:.2f}  accuracy {row.accuracy:.0%}"


def _group(row: Ablation) -> str:
    group = "random heads" if row.control else row.group
    return f"{group} ({len(row.heads)})" if row.heads else group


def _say(axes: Axes, title: str, text: str) -> None:
    """Words in place of a picture."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, text, horizontalalignment="center", verticalalignment="center", color=GREY)
    axes.set_title(title)


def _name(axes: Axes, title: str, x: str, y: str) -> None:
    axes.set_title(title)
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def _whole_ticks(axes: Axes) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=12, integer=True, min_n_ticks=1))


def _frameless(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)


def _colour_bar(axes: Axes, image: AxesImage) -> Colorbar:
    return axes.figure.colorbar(image, ax=axes, fraction=0.046, pad=0.02)
