"""Draws an analysis as a figure: one function for each panel, then the figures."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from grader.models import Head
from reference.analysis.analysis import Analysis, Pattern
from reference.analysis.args import require_plot_format
from reference.analysis.circuit import Ablation, Compositions, Formation
from reference.induction_heads import STRONG_INDUCTION

BLUE, LIGHT_BLUE, ORANGE, GREY = "#0072B2", "#56B4E9", "#D55E00", "#767676"
"""Colours of Okabe and Ito, chosen to be distinct for readers with any colour vision."""

COLOUR_MAP = "Blues"

MAX_UPRIGHT_LABELS = 6
"""Largest number of columns whose names are not rotated."""

MAX_TICKS = 7
"""Most tick labels on the axis of a training run before only powers of ten are labelled."""


def plot_analysis(analysis: Analysis) -> Figure:
    """Draw the whole analysis as one figure of six panels."""
    figure = Figure(figsize=(17, 9.5), layout="constrained")
    (induction, prev_token, pattern), (composition, ablation, formation) = figure.subplots(2, 3)
    subject, scores = analysis.subject, analysis.scores
    figure.suptitle(f"{subject.name}, {subject.dtype} on {subject.device}", fontweight="bold")
    draw_scores(
        induction, scores.induction, analysis.induction_heads, "Induction scores (outlined: > 0.15)"
    )
    draw_scores(
        prev_token,
        scores.prev_token,
        analysis.prev_token_heads,
        "Previous-token scores (outlined: > 0.3, layer < 4)",
    )
    best = analysis.best_induction[0].induction
    draw_pattern(pattern, analysis.pattern, best, analysis.settings.seq_len)
    draw_compositions(composition, analysis.compositions)
    draw_ablations(ablation, analysis.ablations)
    draw_formation(formation, analysis.formation)
    return figure


def plot_formation(formation: Formation) -> Figure:
    """Draw the formation curve alone."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    draw_formation(figure.subplots(), formation)
    return figure


def save_figure(figure: Figure, file: Path) -> None:
    """Write a figure reproducibly: the same figure always gives the same bytes.

    Args:
        figure: The figure to write.
        file: The file to write; its extension selects the format.

    Raises:
        ValueError: If the format is unknown.
    """
    require_plot_format(file)
    undated = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    with mpl.rc_context({"svg.hashsalt": "induction-heads"}):
        figure.savefig(file, dpi=100, metadata=undated.get(file.suffix.lower()))


def draw_scores(
    axes: Axes,
    scores: Float[np.ndarray, "n_layers n_heads"],
    outlined: Sequence[Head],
    title: str,
) -> None:
    """Draw one score of all heads as a heatmap from 0 to 1, with some heads outlined."""
    image = axes.imshow(scores, cmap=COLOUR_MAP, vmin=0, vmax=1, aspect="auto")
    for head in outlined:
        corner = (head.head - 0.5, head.layer - 0.5)
        axes.add_patch(
            Rectangle(corner, 1, 1, fill=False, edgecolor=ORANGE, linewidth=2, clip_on=False)
        )
    _use_integer_ticks(axes)
    _set_labels(axes, title, "Head", "Layer")
    _add_colour_bar(axes, image)


def draw_pattern(axes: Axes, pattern: Pattern, score: float, seq_len: int) -> None:
    """Draw a head's attention pattern, with two lines that enclose the induction target.

    Args:
        axes: The axes to draw on.
        pattern: The head and its pattern.
        score: The head's induction score.
        seq_len: Length of one half of the sequence.
    """
    image = axes.imshow(pattern.attention, cmap=COLOUR_MAP, vmin=0, vmax=1)
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
    _use_integer_ticks(axes)
    qualifier = "" if score > STRONG_INDUCTION else ", not strong"
    title = f"Attention of {pattern.head} (best induction score, {score:.2f}{qualifier})"
    _set_labels(axes, title, "Key position", "Query position")
    _add_colour_bar(axes, image)


def draw_compositions(axes: Axes, compositions: Compositions) -> None:
    """Draw the K-composition of the circuit's pairs as a heatmap with numbers."""
    title = "K-composition"
    mean = compositions.model.k
    if mean is not None:
        title += f" (mean over all pairs {mean:.3f})"
    if not compositions.k.size:
        _show_text(axes, title, "No previous-token head\nand induction head\nto compare.")
        return
    later = np.array(
        [
            [source.layer < target.layer for target in compositions.targets]
            for source in compositions.sources
        ]
    )
    ratios = np.where(later, compositions.k, np.nan)
    top = max(float(np.where(later, compositions.k, 0).max()), mean or 0.0) or 1.0
    image = axes.imshow(ratios, cmap=COLOUR_MAP, vmin=0, vmax=top, aspect="auto")
    axes.set_xticks(range(len(compositions.targets)), map(str, compositions.targets))
    axes.set_yticks(range(len(compositions.sources)), map(str, compositions.sources))
    if len(compositions.targets) > MAX_UPRIGHT_LABELS:
        axes.tick_params(axis="x", rotation=45)
    for (row, column), ratio in np.ndenumerate(ratios):
        axes.text(
            column,
            row,
            "-" if np.isnan(ratio) else f"{ratio:.3f}",
            horizontalalignment="center",
            verticalalignment="center",
            color="white" if ratio > 0.6 * top else "black",
            fontsize=8,
        )
    _set_labels(axes, title, "Induction head (reads)", "Previous-token head (writes)")
    bar = _add_colour_bar(axes, image)
    if mean is not None:
        bar.ax.axhline(mean, color=ORANGE, linewidth=2)


def draw_ablations(axes: Axes, ablations: Sequence[Ablation]) -> None:
    """Draw the loss after each ablation as bars, with the baseline as a line.

    Args:
        axes: The axes to draw on.
        ablations: The baseline, then groups and their controls.
    """
    base, *_ = ablations
    top = max(row.loss or 0.0 for row in ablations) or 1.0
    for position, row in enumerate(ablations):
        colour = LIGHT_BLUE if row.control else BLUE
        axes.barh(position, row.loss or 0.0, color=GREY if row is base else colour, height=0.6)
        end = max(row.loss or 0.0, base.loss or 0.0) + 0.02 * top
        axes.text(end, position, _loss_label(row), verticalalignment="center")
    axes.axvline(base.loss or 0.0, color=GREY, linestyle=":", linewidth=1)
    axes.set_yticks(range(len(ablations)), [_row_label(row) for row in ablations])
    axes.set_xlim(0, 1.45 * top)
    axes.invert_yaxis()
    _set_labels(axes, "Zero ablation", "Loss (nats)", "")
    _hide_frame(axes)


def draw_formation(axes: Axes, formation: Formation | None) -> None:
    """Draw the best induction score through training, and the step at which induction forms.

    Args:
        axes: The axes to draw on.
        formation: The measured training run, None if none was followed.
    """
    if formation is None:
        _show_text(axes, "Formation of induction", "No checkpoints were followed.")
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
        label = f"no score above {STRONG_INDUCTION:g}"
        axes.axhline(STRONG_INDUCTION, color=GREY, linestyle=":", label=label)
    else:
        label = f"forms at step {formation.formed_at:,}"
        axes.axhline(max(scores) / 2, color=GREY, linestyle=":", label="half of the highest")
        axes.axvline(formation.formed_at, color=ORANGE, linestyle="--", label=label)
    axes.legend(loc="upper left", frameon=False)
    title = f"Formation of induction in {formation.name}"
    _set_labels(axes, title, "Training step", "Best induction score")
    _hide_frame(axes)


def _step_ticks(steps: Sequence[int]) -> list[int]:
    """Return zero, and round numbers from the first step above zero to the last step."""
    positive = [step for step in steps if step > 0] or [1]
    powers = [10**n for n in range(len(str(positive[-1])))]
    for subs in ((1, 2, 5), (1,)):
        round_steps = [sub * power for power in powers for sub in subs]
        ticks = [step for step in round_steps if positive[0] <= step <= positive[-1]]
        if len(ticks) <= MAX_TICKS:
            break
    return [0, *ticks]


def _loss_label(row: Ablation) -> str:
    if row.loss is None or row.accuracy is None:
        return "too few other heads" if row.control else "none found"
    return f"{row.loss:.2f}  accuracy {row.accuracy:.0%}"


def _row_label(row: Ablation) -> str:
    group = "random heads" if row.control else row.group
    return f"{group} ({len(row.heads)})" if row.heads else group


def _show_text(axes: Axes, title: str, text: str) -> None:
    """Show a title and a text instead of a plot."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, text, horizontalalignment="center", verticalalignment="center", color=GREY)
    axes.set_title(title)


def _set_labels(axes: Axes, title: str, x: str, y: str) -> None:
    axes.set_title(title)
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def _use_integer_ticks(axes: Axes) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=12, integer=True, min_n_ticks=1))


def _hide_frame(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)


def _add_colour_bar(axes: Axes, image: AxesImage) -> Colorbar:
    return axes.figure.colorbar(image, ax=axes, fraction=0.046, pad=0.02)
