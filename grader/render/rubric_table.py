"""A rubric as its author checks it: what is asked, how it is judged, what else is accepted."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.checks.base import BaseCheck
from grader.render.escape import line
from grader.rubric.model import Criterion, Mistake, Rubric, Variant


def render(rubric: Rubric) -> RenderableType:
    """The whole rubric, in the order in which it is read."""
    bonus = sum(c.points for c in rubric.criteria if c.bonus)
    head = f"{rubric.title} · {rubric.lab} {rubric.version} · {rubric.total:g} points"
    return Group(
        Text(line(head + (f" + {bonus:g} bonus" if bonus else "")), style="bold"),
        _criteria(rubric),
        _answers("Accepted variant", rubric.variants),
        _answers("Known mistake", rubric.mistakes),
        _pairs("Model", rubric.models),
        _pairs("Hidden model", rubric.hidden),
        _pairs("Tolerance", {name: str(t) for name, t in rubric.all_tolerances.items()}),
    )


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column == "Points" else "left")
    return table


def _criteria(rubric: Rubric) -> Table:
    table = _table("Criterion", "Points", "Checks")
    for function, criteria in groupby(rubric.criteria, key=lambda c: c.function):
        table.add_row(Text(line(function or "The notebook as a whole"), style="bold"), "", "")
        for criterion in criteria:
            table.add_row(
                Text(f"  {line(criterion.title)}"),
                f"{criterion.points:g}{' bonus' if criterion.bonus else ''}",
                Text(line("; ".join(_checks(criterion)))),
            )
    return table


def _checks(criterion: Criterion) -> Iterable[str]:
    for check in criterion.checks:
        yield _check(check)
    if criterion.together and len(criterion.checks) > 1:
        yield "all or nothing"
    if plan := criterion.follow_through:
        yield f"or what follows from {', '.join(plan.requires)}, for {plan.credit:.0%}"


def _check(check: BaseCheck) -> str:
    """A check's kind, what it reads, and the class it compares within."""
    kind, tolerance = getattr(check, "kind", ""), getattr(check, "tolerance", None)
    within = f" within {tolerance}" if tolerance else ""
    return f"{kind} {', '.join(check.probes())}{within}"


def _answers(what: str, answers: Iterable[Variant | Mistake]) -> Table:
    table = _table(what, "Function", "Said to the student")
    for answer in answers:
        said = answer.says if isinstance(answer, Mistake) else answer.note
        table.add_row(answer.name, answer.function, Text(line(said)))
    return table


def _pairs(what: str, pairs: Mapping[str, str]) -> Table:
    table = _table(what, "")
    for name, value in pairs.items():
        table.add_row(Text(line(name)), Text(line(value)))
    return table
