"""The analysis as one figure."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from reference.analysis.measure import Analysis
from reference.analysis.panels import (
    draw_ablations,
    draw_compositions,
    draw_formation,
    draw_pattern,
    draw_scores,
)
from reference.analysis.training import Formation

FORMATS = (".png", ".svg", ".pdf")


def draw(analysis: Analysis) -> Figure:
    """Draw the whole analysis in six panels.

    Args:
        analysis: What was measured.
    """
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


def draw_formation_only(formation: Formation) -> Figure:
    """Draw the formation curve alone.

    Args:
        formation: The training run.
    """
    figure = Figure(figsize=(7, 4), layout="constrained")
    draw_formation(figure.subplots(), formation)
    return figure


def save(figure: Figure, file: Path) -> None:
    """Write a figure, the same bytes for the same figure.

    Args:
        figure: The figure.
        file: Where to; its extension says in which format.

    Raises:
        ValueError: If the format is unknown.
    """
    require_format(file)
    undated = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    with mpl.rc_context({"svg.hashsalt": "induction-heads"}):
        figure.savefig(file, dpi=100, metadata=undated.get(file.suffix.lower()))


def require_format(file: Path) -> None:
    """Check that a figure can be written to a file of this name.

    Args:
        file: The file.

    Raises:
        ValueError: If its extension is of no known format.
    """
    if file.suffix.lower() not in FORMATS:
        raise ValueError(f"a plot is a file of {', '.join(FORMATS)}, got {str(file)!r}")
