"""Renders what a regrade changes, for an instructor to review before applying it."""

from collections.abc import Iterator, Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.files.escape import escape_line
from grader.report.diff import CriterionChange, ReportDiff
from grader.report.model import Verdict

_MAX_NAMES = 20


def render_changes(
    changes: Sequence[ReportDiff], needs_run: Mapping[str, Sequence[str]] | None = None
) -> RenderableType:
    """Render a row for each changed submission, followed by the totals.

    Args:
        changes: All regraded submissions, in display order.
        needs_run: Students whose notebooks must run again, with the ids of the criteria that
            cannot be judged otherwise.
    """
    changed = [change for change in changes if change.has_changed]
    parts: list[RenderableType] = [_changes_table(changed)] if changed else []
    return Group(*parts, _totals(changes), *_needs_rerun_section(needs_run or {}))


def _changes_table(changed: Sequence[ReportDiff]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Student", overflow="fold")
    for column in ("Before", "After", "Change"):
        table.add_column(column, justify="right")
    table.add_column("Criteria")
    show_totals = any(change.before_total != change.after_total for change in changed)
    for change in changed:
        gain = change.gain
        style = "green" if gain > 0 else "red" if gain < 0 else ""
        table.add_row(
            Text(escape_line(change.student)),
            _format_score(change.before, change.before_total if show_totals else None),
            _format_score(change.after, change.after_total if show_totals else None),
            Text(f"{gain:+g}" if gain else "0", style=style),
            Text("\n".join(_describe_change(criterion) for criterion in change.criteria)),
        )
    return table


def _format_score(score: float, total: float | None) -> str:
    return f"{score:g}" if total is None else f"{score:g} / {total:g}"


def _describe_change(change: CriterionChange) -> str:
    """Describe the change of one criterion; an unchanged outcome is named only once."""
    before, after = change.before, change.after
    if before is not None and after is not None:
        with_maximum = before.max_points != after.max_points
        old = _format_points(before, with_maximum=with_maximum)
        new = _format_points(after, with_maximum=with_maximum)
        title = escape_line(after.title)
        if before.outcome == after.outcome:
            return f"{title}: {_outcome(after)}, {old} → {new}"
        return f"{title}: {_outcome(before)}, {old} → {_outcome(after)}, {new}"
    if after is not None:
        points = _format_points(after, with_maximum=True)
        return f"{escape_line(after.title)}: new, {_outcome(after)}, {points}"
    if before is not None:
        points = _format_points(before, with_maximum=True)
        return f"{escape_line(before.title)}: removed, was {_outcome(before)}, {points}"
    return ""


def _outcome(verdict: Verdict) -> str:
    return verdict.outcome.replace("_", " ")


def _format_points(verdict: Verdict, *, with_maximum: bool) -> str:
    return (
        f"{verdict.points:g} of {verdict.max_points:g}" if with_maximum else f"{verdict.points:g}"
    )


def _totals(changes: Sequence[ReportDiff]) -> Text:
    up = sum(change.gain > 0 for change in changes)
    down = sum(change.gain < 0 for change in changes)
    return Text(f"{up} up, {down} down, {len(changes) - up - down} the same", style="bold")


def _needs_rerun_section(needs_run: Mapping[str, Sequence[str]]) -> Iterator[Text]:
    """Yield a line for each set of criteria, with the students who must run again for it."""
    by_criteria: dict[tuple[str, ...], list[str]] = {}
    for student, criteria in needs_run.items():
        by_criteria.setdefault(tuple(criteria), []).append(student)
    for criteria, students in by_criteria.items():
        more = f" and {len(students) - _MAX_NAMES} more" if len(students) > _MAX_NAMES else ""
        yield Text(
            f"{len(students)} not regraded, because judging {escape_line(', '.join(criteria))} "
            f"requires a new run: {escape_line(', '.join(students[:_MAX_NAMES]))}{more}",
            style="yellow",
        )
