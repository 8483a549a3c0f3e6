"""A rubric's proof: how far right answers and wrong ones are from each tolerance."""

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.judging.margins import Margin, Proof
from grader.render.escape import line

_HEAD = ("Criterion", "Right", "farthest", "which", "Wrong", "closest", "which")


def render(proof: Proof) -> RenderableType:
    """The smallest gap of each criterion, then everything that is wrong."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in _HEAD:
        right = column not in {"Criterion", "which"}
        table.add_column(column, justify="right" if right else "left")
    for row in _rows(proof):
        table.add_row(*(Text(line(cell)) for cell in row))
    problems = [Text(line(problem), style="red") for problem in proof.problems()]
    return Group(table, *problems, Text(summary(proof), style="bold"))


def summary(proof: Proof) -> str:
    """One line: what was compared, and whether anything is wrong."""
    problems = len(proof.problems())
    variants = len({m.name for m in proof.margins if m.kind == "variant"})
    mistakes = len({m.name for m in proof.margins if m.kind == "mistake"})
    worlds = len({m.world for m in proof.margins})
    said = "all hold" if not problems else f"{problems} do not hold"
    return (
        f"{variants} variants and {mistakes} mistakes in {worlds} worlds, "
        f"{len(proof.margins)} margins: {said}."
    )


def to_markdown(proof: Proof) -> str:
    """The same as a page: the gap of each criterion, and each known answer's own margins."""
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
        *_markdown(_HEAD, _rows(proof)),
        "",
        "## Every known answer",
        "",
        "The largest margin where it must pass, the smallest where it must lose.",
        "",
        *_markdown(("Answer", "Kind", "Passes within", "Loses", "beyond"), _answers(proof)),
    ]
    return "\n".join(lines) + "\n"


def _markdown(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _rows(proof: Proof) -> Iterator[tuple[str, ...]]:
    for criterion in proof.rubric.criteria:
        margins = proof.of(criterion.id)
        right, wrong = proof.farthest_right(criterion.id), proof.closest_wrong(criterion.id)
        passing = len({m.name for m in margins if not m.loses})
        losing = len({m.name for m in margins if m.loses})
        yield (criterion.id, str(passing), *_extreme(right), str(losing), *_extreme(wrong))


def _extreme(margin: Margin | None) -> tuple[str, str]:
    if margin is None:
        return ("", "")
    return (_size(margin.margin), f"{margin.name} ({margin.world})")


def _answers(proof: Proof) -> Iterator[tuple[str, ...]]:
    for kind in ("variant", "mistake"):
        for name in dict.fromkeys(m.name for m in proof.margins if m.kind == kind):
            mine = [m for m in proof.margins if m.name == name and m.kind == kind]
            within = [m.margin for m in mine if not m.loses]
            beyond = [m.margin for m in mine if m.loses]
            lost = ", ".join(dict.fromkeys(m.criterion for m in mine if m.loses))
            yield (
                name,
                kind,
                _size(max(within)) if within else "",
                lost,
                _size(min(beyond)) if beyond else "",
            )


def _size(margin: float) -> str:
    return "0" if margin == 0 else f"{margin:.2g}" if margin < 1000 else f"{margin:.0e}"  # noqa: PLR2004 (short numbers)
