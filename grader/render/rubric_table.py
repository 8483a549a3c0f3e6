"""Renders a rubric for its author: criteria, accepted variants, known mistakes and models."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.checks.base import BaseCheck
from grader.files.escape import escape_line
from grader.rubric.known_answers import Mistake, Variant
from grader.rubric.model import Rubric
from grader.rubric.sections import Criterion


def render_rubric(rubric: Rubric) -> RenderableType:
    """Render the whole rubric."""
    bonus = sum(c.points for c in rubric.criteria if c.bonus)
    heading = f"{rubric.title} · {rubric.lab} {rubric.version} · {rubric.total:g} points"
    heading += f" + {bonus:g} bonus" if bonus else ""
    return Group(
        Text(escape_line(heading), style="bold"),
        _criteria_table(rubric),
        _answer_table("Accepted variant", rubric.variants),
        _answer_table("Known mistake", rubric.mistakes),
        _key_value_table("Model", rubric.models),
        _key_value_table("Hidden model", rubric.hidden),
        _key_value_table("Tolerance", {name: str(t) for name, t in rubric.all_tolerances.items()}),
    )


def _new_table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column == "Points" else "left")
    return table


def _criteria_table(rubric: Rubric) -> Table:
    table = _new_table("Criterion", "Points", "Checks")
    for function, group in groupby(rubric.criteria, key=lambda c: c.function):
        criteria = list(group)
        heading = escape_line(function or "The notebook as a whole")
        table.add_row(Text(heading, style="bold"), Text(_points(criteria), style="bold"), "")
        for criterion in criteria:
            table.add_row(
                Text(f"  {escape_line(criterion.title)}"),
                f"{criterion.points:g}{' bonus' if criterion.bonus else ''}",
                Text(escape_line("; ".join(_describe_checks(criterion)))),
            )
    return table


def _points(criteria: Sequence[Criterion]) -> str:
    """Return the points of a function's criteria: those of the total, then the bonus."""
    points = sum(c.points for c in criteria if not c.bonus)
    bonus = sum(c.points for c in criteria if c.bonus)
    if not bonus:
        return f"{points:g}"
    return f"{points:g} + {bonus:g} bonus" if points else f"{bonus:g} bonus"


def _describe_checks(criterion: Criterion) -> Iterable[str]:
    for check in criterion.checks:
        yield _describe_check(check)
    if criterion.all_or_nothing and len(criterion.checks) > 1:
        yield "all or nothing"
    if plan := criterion.follow_through:
        yield f"or {plan.credit:.0%} if consistent with {', '.join(plan.requires)}"


def _describe_check(check: BaseCheck) -> str:
    """Return a check's kind, probes and tolerance class."""
    kind, tolerance = getattr(check, "kind", ""), getattr(check, "tolerance", None)
    within = f" within {tolerance}" if tolerance else ""
    return f"{kind} {', '.join(check.probes())}{within}"


def _answer_table(title: str, answers: Iterable[Variant | Mistake]) -> Table:
    table = _new_table(title, "Function", "Feedback to the student")
    for answer in answers:
        feedback = answer.message if isinstance(answer, Mistake) else answer.note
        table.add_row(answer.name, answer.function, Text(escape_line(feedback)))
    return table


def _key_value_table(title: str, values: Mapping[str, str]) -> Table:
    table = _new_table(title, "")
    for name, value in values.items():
        table.add_row(Text(escape_line(name)), Text(escape_line(value)))
    return table
