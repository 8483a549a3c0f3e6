"""Tests that the tables and the figure show the whole analysis, whatever was found."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from grader.models import load_model
from reference.analysis.analysis import Analysis, analyse
from reference.analysis.args import Settings
from reference.analysis.circuit import Formation
from reference.analysis.output import render_tables
from reference.analysis.plots import plot_analysis, plot_formation, save_figure

FORMATION = Formation(name="run", steps=(0, 100, 200), scores=(0.03, 0.2, 0.9), formed_at=200)
SECTIONS = [
    "In context",
    "Best by induction score",
    "Best by previous-token score",
    "Duplicate-token heads",
    "K-composition",
    "Zero ablation",
    "What it took",
]


@pytest.fixture(
    scope="module", params=["planted-4x3@5/10000", "planted-2x1/10000", "generic-5x3@1/10000"]
)
def analysis(request: pytest.FixtureRequest) -> Analysis:
    """Return the analysis of a circuit with controls, of one without, and of no circuit."""
    name: str = request.param
    return analyse(load_model(name, "cpu"), name, Settings(n_samples=2))


def printed(analysis: Analysis) -> str:
    """Return the tables as they are written to a pipe."""
    console = Console(file=io.StringIO(), width=80)
    console.print(render_tables(analysis), highlight=False)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_every_section_is_there(analysis: Analysis) -> None:
    """Every section is printed; an empty one says that it is empty."""
    text = printed(analysis)
    places = [text.index(f"\n{section}") for section in SECTIONS]
    assert places == sorted(places)
    n_empty = sum(not row.heads for row in analysis.ablations[1:])
    assert text.count("too few left") + text.split("Zero")[1].count("none found") == n_empty


def test_what_a_pipe_gets_is_text(analysis: Analysis) -> None:
    """A pipe receives no escape sequence, no truncated cell and no line wider than the console."""
    text = printed(analysis)
    assert "\x1b" not in text
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_every_panel_is_drawn(analysis: Analysis) -> None:
    """The figure has six panels, each with a title and with a picture or a text."""
    figure = plot_analysis(analysis)
    panels = [axes for axes in figure.axes if axes.get_title()]
    assert len(panels) == 6
    assert all(axes.images or axes.patches or axes.texts for axes in panels)
    words = [text.get_text() for axes in panels for text in axes.texts]
    assert "No checkpoints were followed." in words
    assert ("none found" in words) == (not analysis.induction_heads)
    assert any("to compare" in word for word in words) == (not analysis.induction_heads)


def test_found_heads_are_outlined(analysis: Analysis) -> None:
    """Every head above the lab's threshold is outlined."""
    induction, prev_token, *_ = plot_analysis(analysis).axes
    assert len(induction.patches) == len(analysis.induction_heads)
    assert len(prev_token.patches) == len(analysis.prev_token_heads)


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_same_figure_is_the_same_file(tmp_path: Path, suffix: str) -> None:
    """A file contains no date and no random name, so that equal figures give equal bytes."""
    written = []
    for name in ("first", "second"):
        save_figure(plot_formation(FORMATION), (tmp_path / name).with_suffix(suffix))
        written.append((tmp_path / name).with_suffix(suffix).read_bytes())
    assert written[0] == written[1]


def test_the_step_of_formation_is_marked() -> None:
    """The curve contains every checkpoint, including step 0, and its legend names the step."""
    (axes,) = plot_formation(FORMATION).axes
    assert axes.lines[0].get_xydata().tolist() == [[0, 0.03], [100, 0.2], [200, 0.9]]  # type: ignore[union-attr]  # an array
    legend = axes.get_legend()
    assert legend is not None
    assert "forms at step 200" in [text.get_text() for text in legend.get_texts()]
