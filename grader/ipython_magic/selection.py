"""Selects the criteria that can be judged in a running kernel.

Functions always can; results of cells only if they were computed on the grading model.
"""

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from grader.grading.session import select_criteria
from grader.rubric.model import Rubric
from grader.rubric.sections import Probe

_WORD = re.compile(r"\w+")
_FIGURES = "Figures are checked by `grade` only"
_ANOTHER_MODEL = (
    "Results are compared only if `model` is the model that `grade` uses in its place; yours is "
    "different"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The selected part of a rubric, and notes about what is left out."""

    rubric: Rubric
    left_out: tuple[str, ...] = ()


def select_for_kernel(
    rubric: Rubric, name: str | None, *, same_model: Callable[[], bool]
) -> Selection:
    """Leave out the criteria that cannot be judged correctly in this kernel.

    Args:
        name: A criterion's id or a function's name; None selects everything.
        same_model: Returns True if the kernel's results were computed on the grading model.
            Called only if a result is to be judged, since comparing weights takes time.

    Raises:
        RubricError: There is no such criterion or function.
    """
    part = select_criteria(rubric, name)
    results = {key for key, probe in rubric.probes.items() if _reads_variables(rubric, probe)}
    figures = {key for key, probe in rubric.probes.items() if probe.figures}
    notes = _note_left_out(_FIGURES, part, figures)
    unavailable = figures
    probes = {probe for criterion in part.criteria for probe in criterion.all_probes()}
    if results & probes and not same_model():
        unavailable = figures | results
        notes += _note_left_out(_ANOTHER_MODEL, part, results - figures, without=figures)
    criteria = tuple(c for c in part.criteria if not unavailable & set(c.probes()))
    needed = {probe for criterion in criteria for probe in criterion.all_probes()}
    available = {k: p for k, p in part.probes.items() if k in needed or k not in unavailable}
    reduced = part.model_copy(update={"criteria": criteria, "probes": available})
    return Selection(rubric=reduced, left_out=notes)


def _note_left_out(
    reason: str,
    rubric: Rubric,
    probes: AbstractSet[str],
    *,
    without: AbstractSet[str] = frozenset(),
) -> tuple[str, ...]:
    """Return a line about the criteria that depend on some probes and on none of `without`."""
    probes_of = {c.function or c.title: set(c.probes()) for c in rubric.criteria}
    names = [name for name, own in probes_of.items() if own & probes and not own & without]
    return (f"{reason}, so not here: {', '.join(names)}.",) if names else ()


def _reads_variables(rubric: Rubric, probe: Probe) -> bool:
    """Return True if a probe reads what cells have computed, not what functions return."""
    variables = {other.function for other in rubric.probes.values() if other.expression is None}
    return bool(variables & set(_WORD.findall(probe.expression or probe.function)))
