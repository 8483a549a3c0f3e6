"""Groups a rubric's criteria by function, and limits a report to the selected ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from grader.report.model import Report
from grader.rubric.model import Rubric
from grader.rubric.sections import Criterion

NO_FUNCTION = "notebook"
"""Group of the criteria that are about no function."""


def by_function(rubric: Rubric) -> Mapping[str, Sequence[Criterion]]:
    """Return the criteria of each function, in the rubric's order."""
    groups: dict[str, list[Criterion]] = {}
    for criterion in rubric.criteria:
        groups.setdefault(criterion.function or NO_FUNCTION, []).append(criterion)
    return groups


def single_target(rubric: Rubric, ids: frozenset[str]) -> str | None:
    """Return the only criterion or function that is selected, for ``Settings.only``.

    Args:
        ids: The selected criteria.

    Returns:
        The criterion's id or the function's name; None if everything has to be graded.
    """
    criteria = [criterion for criterion in rubric.criteria if criterion.id in ids]
    if len(criteria) == len(rubric.criteria):
        return None
    if len(criteria) == 1:
        return criteria[0].id
    functions = {criterion.function for criterion in criteria}
    return functions.pop() if len(functions) == 1 else None


def filter_report(report: Report, ids: Iterable[str]) -> Report:
    """Return the report limited to some criteria."""
    selected = frozenset(ids)
    verdicts = tuple(verdict for verdict in report.verdicts if verdict.id in selected)
    total = sum(verdict.max_points for verdict in verdicts if not verdict.bonus)
    return replace(report, verdicts=verdicts, total=total)
