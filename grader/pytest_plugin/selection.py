"""What of a rubric a run selected, and a report on that alone. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from grader.report.model import Report
from grader.rubric.model import Criterion, Rubric

WHOLE = "notebook"
"""What criteria are about that are about no function."""


def by_function(rubric: Rubric) -> Mapping[str, Sequence[Criterion]]:
    """The criteria of each function, in the rubric's order.

    Args:
        rubric: The rubric.
    """
    found: dict[str, list[Criterion]] = {}
    for criterion in rubric.criteria:
        found.setdefault(criterion.function or WHOLE, []).append(criterion)
    return found


def about(rubric: Rubric, ids: frozenset[str]) -> str | None:
    """The criterion or function that is all that was selected, for ``Settings.only``.

    Args:
        rubric: The rubric.
        ids: The criteria that were selected.

    Returns:
        Its name, or None where everything has to be asked.
    """
    criteria = [criterion for criterion in rubric.criteria if criterion.id in ids]
    if len(criteria) == len(rubric.criteria):
        return None
    if len(criteria) == 1:
        return criteria[0].id
    functions = {criterion.function for criterion in criteria}
    return functions.pop() if len(functions) == 1 else None


def selected(report: Report, ids: Iterable[str]) -> Report:
    """The same report on some criteria alone.

    Args:
        report: The report.
        ids: The criteria that were selected.
    """
    kept = frozenset(ids)
    verdicts = tuple(verdict for verdict in report.verdicts if verdict.id in kept)
    total = sum(verdict.max_points for verdict in verdicts if not verdict.bonus)
    return replace(report, verdicts=verdicts, total=total)
