"""The analysis as a terminal shows it."""

import math
from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from reference.analysis.ablations import Ablation
from reference.analysis.compositions import Compositions, Means
from reference.analysis.cost import Cost
from reference.analysis.measure import Analysis, Subject
from reference.analysis.scores import PARTIAL_INDUCTION, HeadScores, even_attention
from reference.analysis.size import size_text
from reference.analysis.training import Formation
from reference.induction_heads import EARLY_LAYERS, STRONG_INDUCTION, STRONG_PREV_TOKEN

BAR_WIDTH = 40


def render(analysis: Analysis) -> RenderableType:
    """The whole analysis.

    Args:
        analysis: What was measured.
    """
    return Group(
        *_model(analysis.subject),
        *_in_context(analysis),
        *_heads(analysis),
        *_compositions(analysis.compositions),
        *_ablations(analysis),
        *_formation(analysis.formation),
        *_cost(analysis.cost),
    )


def _model(subject: Subject) -> Iterator[RenderableType]:
    yield Text(subject.name, style="bold")
    yield _line(
        f"{subject.kind}, n_layers {subject.n_layers}, n_heads {subject.n_heads},"
        f" d_model {subject.d_model}, d_head {subject.d_head}, d_vocab {subject.d_vocab},"
        f" n_ctx {subject.n_ctx}, {subject.dtype} on {subject.device}"
    )


def _in_context(analysis: Analysis) -> Iterator[RenderableType]:
    settings = analysis.settings
    guessing = math.log(analysis.subject.d_vocab)
    yield _heading(
        "In context",
        f"{settings.n_samples} sequences of {settings.seq_len} random tokens, repeated",
    )
    yield _line(
        f"accuracy {analysis.accuracy:.1%}, baseline loss {analysis.ablations[0].loss:.3f} nats"
        f" (guessing: {guessing:.3f})"
    )


def _heads(analysis: Analysis) -> Iterator[RenderableType]:
    seq_len = analysis.settings.seq_len
    even = even_attention(range(seq_len, 2 * seq_len))
    yield _heading(
        "Best by induction score",
        f"strong > {STRONG_INDUCTION:g}, partial from {PARTIAL_INDUCTION:g}, even {even:.3f}",
    )
    yield _head_table(analysis.best_induction)
    even = even_attention(range(1, 2 * seq_len))
    yield _heading(
        "Best by previous-token score",
        f"> {STRONG_PREV_TOKEN:g}, late from layer {EARLY_LAYERS}, even {even:.3f}",
    )
    yield _head_table(analysis.best_prev_token)
    yield _heading("Duplicate-token heads", "they attend to the token's earlier copy itself")
    confusable = [analysis.scores.of(head) for head in analysis.duplicate_token_heads]
    listed = [f"{scores.head} {scores.duplicate_token:.3f}" for scores in confusable]
    yield _line(", ".join(listed) or "none found")


def _head_table(rows: Sequence[HeadScores]) -> Table:
    table = _table("Head", "Induction", "Previous", "Duplicate")
    table.add_column("Label")
    for row in rows:
        scores = (row.induction, row.prev_token, row.duplicate_token)
        numbers = [f"{score:.3f}" for score in scores]
        table.add_row(str(row.head), *numbers, ", ".join(row.labels))
    return table


def _compositions(compositions: Compositions) -> Iterator[RenderableType]:
    yield _heading("K-composition", "previous-token heads (rows) with induction heads (columns)")
    if compositions.k.size:
        table = _table("", *map(str, compositions.targets), gap=0)
        for source, ratios in zip(compositions.sources, compositions.k, strict=True):
            cells = [
                f"{ratio:.3f}" if target.layer > source.layer else "-"
                for target, ratio in zip(compositions.targets, ratios, strict=True)
            ]
            table.add_row(str(source), *cells)
        yield table
        yield _line(f"mean over these pairs: {_means(compositions.circuit)}")
    else:
        yield _line("none found: it takes a previous-token head and an induction head")
    yield _line(f"mean over all pairs of an earlier and a later head: {_means(compositions.model)}")


def _means(means: Means) -> str:
    kinds = {"K": means.k, "Q": means.q, "V": means.v}
    return ", ".join(f"{kind} {_number(mean)}" for kind, mean in kinds.items())


def _ablations(analysis: Analysis) -> Iterator[RenderableType]:
    yield _heading("Zero ablation", "and of as many random heads instead, as a control")
    table = _table("Ablated", "Heads", "Loss", "Change", "Accuracy", "Change")
    for row in analysis.ablations:
        table.add_row("  random heads instead" if row.control else row.group, *_effect(row))
    yield table
    for row in analysis.ablations:
        if row.control and row.heads:
            names = ", ".join(map(str, row.heads))
            yield _line(f"random heads for the {row.group}: {names}")


def _effect(row: Ablation) -> tuple[str, ...]:
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


def _formation(formation: Formation | None) -> Iterator[RenderableType]:
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
    yield _line(formation_text(formation))


def formation_text(formation: Formation) -> str:
    """Say when induction forms, and by which rule.

    Args:
        formation: The training run.
    """
    if formation.formed_at is None:
        return f"induction does not form: no best score is above {STRONG_INDUCTION:g}"
    return (
        f"induction forms at step {formation.formed_at}:"
        " the first with half of the highest score or more"
    )


def _cost(cost: Cost) -> Iterator[RenderableType]:
    yield _heading("What it took", "")
    parts = ", ".join(f"{part} {seconds:.1f}" for part, seconds in cost.seconds.items())
    yield _line(f"seconds: {parts}; together {sum(cost.seconds.values()):.1f}")
    peak = "unknown" if cost.peak_bytes is None else size_text(cost.peak_bytes)
    yield _line(f"peak memory: {peak} ({cost.memory}); budget: {size_text(cost.budget_bytes)}")


def _heading(title: str, rest: str) -> RenderableType:
    text = Text(f"\n{title}", style="bold")
    return text.append(f"  {rest}" if rest else "", style="not bold bright_black")


def _line(text: str) -> RenderableType:
    return Padding(Text(text), (0, 0, 0, 2), expand=False)


def _table(first: str, *numbers: str, gap: int = 1) -> Table:
    """A table whose first column is names and whose others are numbers."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, gap), show_edge=False)
    table.add_column(first, no_wrap=True)
    for title in numbers:
        table.add_column(title, justify="right", no_wrap=True)
    return table


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"
