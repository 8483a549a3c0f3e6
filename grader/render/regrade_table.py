"""What another scoring changes, as an instructor reads it before agreeing to it."""

from collections.abc import Iterator, Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.render.escape import line
from grader.report.diff import Change, CriterionChange
from grader.report.model import Verdict

_NAMED = 20


def render(
    changes: Sequence[Change], needs_run: Mapping[str, Sequence[str]] | None = None
) -> RenderableType:
    """A row for each submission that changes, then how many there are of each kind.

    Args:
        changes: All submissions scored again, in the order to show them in.
        needs_run: The others, with the ids of the criteria that only a run can judge.
    """
    changed = [change for change in changes if change.has_changed]
    parts: list[RenderableType] = [_table(changed)] if changed else []
    return Group(*parts, _totals(changes), *_unscored(needs_run or {}))


def _table(changed: Sequence[Change]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Student", overflow="fold")
    for column in ("Before", "After", "Change"):
        table.add_column(column, justify="right")
    table.add_column("Criteria")
    totals = any(change.before_total != change.after_total for change in changed)
    for change in changed:
        gain = change.gain
        style = "green" if gain > 0 else "red" if gain < 0 else ""
        table.add_row(
            Text(line(change.student)),
            _score(change.before, change.before_total if totals else None),
            _score(change.after, change.after_total if totals else None),
            Text(f"{gain:+g}" if gain else "0", style=style),
            Text("\n".join(_criterion(pair) for pair in change.criteria)),
        )
    return table


def _score(score: float, total: float | None) -> str:
    return f"{score:g}" if total is None else f"{score:g} / {total:g}"


def _criterion(pair: CriterionChange) -> str:
    """One criterion, from what to what; what did not change is said once."""
    before, after = pair.before, pair.after
    if before is not None and after is not None:
        other_most = before.max_points != after.max_points
        then, now = _points(before, most=other_most), _points(after, most=other_most)
        if before.outcome == after.outcome:
            return f"{line(after.title)}: {_outcome(after)}, {then} → {now}"
        return f"{line(after.title)}: {_outcome(before)}, {then} → {_outcome(after)}, {now}"
    if after is not None:
        return f"{line(after.title)}: new, {_outcome(after)}, {_points(after, most=True)}"
    if before is not None:
        return (
            f"{line(before.title)}: no more, was {_outcome(before)}, {_points(before, most=True)}"
        )
    return ""


def _outcome(verdict: Verdict) -> str:
    return verdict.outcome.replace("_", " ")


def _points(verdict: Verdict, *, most: bool) -> str:
    return f"{verdict.points:g} of {verdict.max_points:g}" if most else f"{verdict.points:g}"


def _totals(changes: Sequence[Change]) -> Text:
    up = sum(change.gain > 0 for change in changes)
    down = sum(change.gain < 0 for change in changes)
    return Text(f"{up} up, {down} down, {len(changes) - up - down} the same", style="bold")


def _unscored(needs_run: Mapping[str, Sequence[str]]) -> Iterator[Text]:
    """Who has to run again, by what for."""
    students: dict[tuple[str, ...], list[str]] = {}
    for student, criteria in needs_run.items():
        students.setdefault(tuple(criteria), []).append(student)
    for criteria, names in students.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield Text(
            f"{len(names)} not scored again, as only a run can judge {line(', '.join(criteria))}: "
            f"{line(', '.join(names[:_NAMED]))}{more}",
            style="yellow",
        )
