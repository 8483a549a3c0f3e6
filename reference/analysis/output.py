"""Writes an analysis: tables for the terminal, JSON with all numbers, and image files."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from grader.errors import KernelError
from grader.models import Head
from reference.analysis.analysis import Analysis, Cost, Subject
from reference.analysis.args import OutputFiles, format_size
from reference.analysis.circuit import Ablation, Compositions, Formation, MeanCompositions
from reference.analysis.head_scores import PARTIAL_INDUCTION, HeadScores, uniform_attention_score
from reference.analysis.plots import plot_analysis, plot_formation, save_figure
from reference.induction_heads import EARLY_LAYERS, STRONG_INDUCTION, STRONG_PREV_TOKEN

BAR_WIDTH = 40


def write_output(analysis: Analysis, console: Console, files: OutputFiles) -> None:
    """Print the tables and write the files.

    Raises:
        KernelError: If a file cannot be written.
    """
    console.print(render_tables(analysis), highlight=False)
    try:
        if files.json is not None:
            files.json.write_text(to_json(analysis), encoding="utf-8")
        if files.plot is not None:
            save_figure(plot_analysis(analysis), files.plot)
        if files.formation is not None and analysis.formation is not None:
            save_figure(plot_formation(analysis.formation), files.formation)
    except OSError as error:
        raise KernelError(f"{error.filename} cannot be written: {error.strerror}") from error


def to_json(analysis: Analysis) -> str:
    """Serialize an analysis as JSON: heads are written as in L5H1, non-finite numbers as null."""
    return json.dumps(_to_plain(analysis), sort_keys=True, indent=1, allow_nan=False) + "\n"


def _to_plain(value: object) -> Any:  # noqa: ANN401 (JSON is any of its types)
    plain: Any = value
    match value:
        case Head():
            plain = str(value)
        case float():
            plain = value if math.isfinite(value) else None
        case np.ndarray():
            plain = _to_plain(value.tolist())
        case Mapping():
            plain = {key: _to_plain(part) for key, part in value.items()}
        case list() | tuple():
            plain = [_to_plain(part) for part in value]
        case _ if is_dataclass(value):
            plain = {field.name: _to_plain(getattr(value, field.name)) for field in fields(value)}
    return plain


def render_tables(analysis: Analysis) -> RenderableType:
    """Render the whole analysis as text and tables for a terminal."""
    return Group(
        *_model_section(analysis.subject),
        *_in_context_section(analysis),
        *_heads_section(analysis),
        *_compositions_section(analysis.compositions),
        *_ablations_section(analysis),
        *_formation_section(analysis.formation),
        *_cost_section(analysis.cost),
    )


def _model_section(subject: Subject) -> Iterator[RenderableType]:
    yield Text(subject.name, style="bold")
    yield _line(
        f"{subject.kind}, n_layers {subject.n_layers}, n_heads {subject.n_heads},"
        f" d_model {subject.d_model}, d_head {subject.d_head}, d_vocab {subject.d_vocab},"
        f" n_ctx {subject.n_ctx}, {subject.dtype} on {subject.device}"
    )


def _in_context_section(analysis: Analysis) -> Iterator[RenderableType]:
    settings = analysis.settings
    uniform_loss = math.log(analysis.subject.d_vocab)
    yield _heading(
        "In context",
        f"{settings.n_samples} sequences of {settings.seq_len} random tokens, repeated",
    )
    yield _line(
        f"accuracy {analysis.accuracy:.1%}, baseline loss {analysis.ablations[0].loss:.3f} nats"
        f" (guessing: {uniform_loss:.3f})"
    )


def _heads_section(analysis: Analysis) -> Iterator[RenderableType]:
    seq_len = analysis.settings.seq_len
    even = uniform_attention_score(range(seq_len, 2 * seq_len))
    yield _heading(
        "Best by induction score",
        f"strong > {STRONG_INDUCTION:g}, partial from {PARTIAL_INDUCTION:g}, even {even:.3f}",
    )
    yield _head_table(analysis.best_induction)
    even = uniform_attention_score(range(1, 2 * seq_len))
    yield _heading(
        "Best by previous-token score",
        f"> {STRONG_PREV_TOKEN:g}, late from layer {EARLY_LAYERS}, even {even:.3f}",
    )
    yield _head_table(analysis.best_prev_token)
    yield _heading("Duplicate-token heads", "they attend to the token's earlier copy itself")
    confusable = [analysis.scores.scores_of(head) for head in analysis.duplicate_token_heads]
    entries = [f"{scores.head} {scores.duplicate_token:.3f}" for scores in confusable]
    yield _line(", ".join(entries) or "none found")


def _head_table(rows: Sequence[HeadScores]) -> Table:
    table = _new_table("Head", "Induction", "Previous", "Duplicate")
    table.add_column("Label")
    for row in rows:
        scores = (row.induction, row.prev_token, row.duplicate_token)
        numbers = [f"{score:.3f}" for score in scores]
        table.add_row(str(row.head), *numbers, ", ".join(row.labels))
    return table


def _compositions_section(compositions: Compositions) -> Iterator[RenderableType]:
    yield _heading("K-composition", "previous-token heads (rows) with induction heads (columns)")
    if compositions.k.size:
        table = _new_table("", *map(str, compositions.targets), gap=0)
        for source, ratios in zip(compositions.sources, compositions.k, strict=True):
            cells = [
                f"{ratio:.3f}" if target.layer > source.layer else "-"
                for target, ratio in zip(compositions.targets, ratios, strict=True)
            ]
            table.add_row(str(source), *cells)
        yield table
        yield _line(f"mean over these pairs: {_format_means(compositions.circuit)}")
    else:
        yield _line("none found: it takes a previous-token head and an induction head")
    yield _line(
        f"mean over all pairs of an earlier and a later head: {_format_means(compositions.model)}"
    )


def _format_means(means: MeanCompositions) -> str:
    kinds = {"K": means.k, "Q": means.q, "V": means.v}
    return ", ".join(f"{kind} {_format_number(mean)}" for kind, mean in kinds.items())


def _ablations_section(analysis: Analysis) -> Iterator[RenderableType]:
    yield _heading("Zero ablation", "and of as many random heads instead, as a control")
    table = _new_table("Ablated", "Heads", "Loss", "Change", "Accuracy", "Change")
    for row in analysis.ablations:
        table.add_row("  random heads instead" if row.control else row.group, *_effect_cells(row))
    yield table
    for row in analysis.ablations:
        if row.control and row.heads:
            names = ", ".join(map(str, row.heads))
            yield _line(f"random heads for the {row.group}: {names}")


def _effect_cells(row: Ablation) -> tuple[str, ...]:
    if row.loss is None or row.accuracy is None:
        return ("too few left" if row.control else "none found", "", "", "", "")
    changes = ("", "")
    if row.loss_change is not None and row.accuracy_change is not None and row.heads:
        changes = (f"{row.loss_change:+.3f}", f"{100 * row.accuracy_change:+.1f} pts")
    return (
        str(len(row.heads)),
        f"{row.loss:.3f}",
        changes[0],
        f"{row.accuracy:.1%}",
        changes[1],
    )


def _formation_section(formation: Formation | None) -> Iterator[RenderableType]:
    if formation is None:
        return
    yield _heading("Formation", f"best induction score by training step of {formation.name}")
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right")
    table.add_column(justify="right")
    table.add_column()
    for step, score in zip(formation.steps, formation.scores, strict=True):
        bar = ProgressBar(total=1.0, completed=score, width=BAR_WIDTH)
        table.add_row(str(step), f"{score:.3f}", bar)
    yield Padding(table, (0, 0, 0, 2), expand=False)
    yield _line(_describe_formation(formation))


def _describe_formation(formation: Formation) -> str:
    """Return a sentence that says when induction forms, and by which rule."""
    if formation.formed_at is None:
        return f"induction does not form: no best score is above {STRONG_INDUCTION:g}"
    return (
        f"induction forms at step {formation.formed_at}:"
        " the first with half of the highest score or more"
    )


def _cost_section(cost: Cost) -> Iterator[RenderableType]:
    yield _heading("What it took", "")
    parts = ", ".join(f"{part} {seconds:.1f}" for part, seconds in cost.seconds.items())
    yield _line(f"seconds: {parts}; together {sum(cost.seconds.values()):.1f}")
    peak = "unknown" if cost.peak_bytes is None else format_size(cost.peak_bytes)
    yield _line(f"peak memory: {peak} ({cost.memory}); budget: {format_size(cost.budget_bytes)}")


def _heading(title: str, note: str) -> RenderableType:
    text = Text(f"\n{title}", style="bold")
    return text.append(f"  {note}" if note else "", style="not bold bright_black")


def _line(text: str) -> RenderableType:
    return Padding(Text(text), (0, 0, 0, 2), expand=False)


def _new_table(first: str, *numbers: str, gap: int = 1) -> Table:
    """Return an empty table with a column of names followed by columns of numbers."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, gap), show_edge=False)
    table.add_column(first, no_wrap=True)
    for title in numbers:
        table.add_column(title, justify="right", no_wrap=True)
    return table


def _format_number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"
