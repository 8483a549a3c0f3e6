"""Renders the margins of a rubric: how far right and wrong answers are from each tolerance."""

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.files.escape import escape_line
from grader.judging.margins import Margin, MarginReport

_HEADER = ("Criterion", "Right", "farthest", "which", "Wrong", "closest", "which")
_TEXT_COLUMNS = frozenset({"Criterion", "which"})


def render_margins(proof: MarginReport) -> RenderableType:
    """Render the closest margins of each criterion, then all problems and the summary."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in _HEADER:
        table.add_column(column, justify="left" if column in _TEXT_COLUMNS else "right")
    for row in _criterion_rows(proof):
        table.add_row(*(Text(escape_line(cell)) for cell in row))
    problems = [Text(escape_line(problem), style="red") for problem in proof.problems()]
    return Group(table, *problems, Text(summary(proof), style="bold"))


def summary(proof: MarginReport) -> str:
    """Return one line with the number of answers, margins and problems."""
    problems = len(proof.problems())
    variants = len({m.name for m in proof.margins if m.kind == "variant"})
    mistakes = len({m.name for m in proof.margins if m.kind == "mistake"})
    model_sets = len({m.model_set for m in proof.margins})
    result = "all hold" if not problems else f"{problems} do not hold"
    return (
        f"{variants} variants and {mistakes} mistakes on {model_sets} model sets, "
        f"{len(proof.margins)} margins: {result}."
    )


def to_markdown(proof: MarginReport) -> str:
    """Render the margins of each criterion and of each known answer as a Markdown page."""
    lines = [
        "# Margins",
        "",
        "A margin is an error as a multiple of its tolerance. `grade rubric check` measured these:",
        "the answers of every accepted variant and known mistake, by every criterion they touch,",
        "on the public models and on models drawn from seeds. A right answer must stay below 0.5,",
        "a wrong one above 2; inf is an error that has no size, such as a wrong shape.",
        "",
        summary(proof),
        "",
        "## The gap of each criterion",
        "",
        *_markdown_table(_HEADER, _criterion_rows(proof)),
        "",
        "## Every known answer",
        "",
        "The largest margin where it must pass, the smallest where it must fail.",
        "",
        *_markdown_table(
            ("Answer", "Kind", "Passes within", "Fails", "beyond"), _answer_rows(proof)
        ),
    ]
    return "\n".join(lines) + "\n"


def _markdown_table(header: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _criterion_rows(proof: MarginReport) -> Iterator[tuple[str, ...]]:
    for criterion in proof.rubric.criteria:
        margins = proof.for_criterion(criterion.id)
        right, wrong = proof.farthest_right(criterion.id), proof.closest_wrong(criterion.id)
        passing = len({m.name for m in margins if not m.must_fail})
        failing = len({m.name for m in margins if m.must_fail})
        yield (criterion.id, str(passing), *_closest(right), str(failing), *_closest(wrong))


def _closest(margin: Margin | None) -> tuple[str, str]:
    if margin is None:
        return ("", "")
    return (_format_margin(margin.margin), f"{margin.name} ({margin.model_set})")


def _answer_rows(proof: MarginReport) -> Iterator[tuple[str, ...]]:
    for kind in ("variant", "mistake"):
        for name in dict.fromkeys(m.name for m in proof.margins if m.kind == kind):
            margins = [m for m in proof.margins if m.name == name and m.kind == kind]
            within = [m.margin for m in margins if not m.must_fail]
            beyond = [m.margin for m in margins if m.must_fail]
            failed = ", ".join(dict.fromkeys(m.criterion for m in margins if m.must_fail))
            yield (
                name,
                kind,
                _format_margin(max(within)) if within else "",
                failed,
                _format_margin(min(beyond)) if beyond else "",
            )


def _format_margin(margin: float) -> str:
    return "0" if margin == 0 else f"{margin:.2g}" if margin < 1000 else f"{margin:.0e}"  # noqa: PLR2004 (short numbers)
