"""What of a rubric can be judged in a running kernel: functions always, results sometimes."""

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from grader.grading.session import selected
from grader.rubric.model import Probe, Rubric

_WORD = re.compile(r"\w+")
_ANOTHER_MODEL = (
    "Results are compared where `model` is the model that `grade` puts in its place; yours is "
    "another"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is judged, and in words what is left out."""

    rubric: Rubric
    left_out: tuple[str, ...] = ()


def choose(rubric: Rubric, name: str | None, *, same_model: Callable[[], bool]) -> Choice:
    """Leave out what no verdict could be right about.

    Args:
        rubric: All that may be asked.
        name: One criterion's or function's; all if not given.
        same_model: Asked whether results were computed on the model that answers are known for.

    Raises:
        RubricError: There is nothing of this name.
    """
    chosen = selected(rubric, name)
    results = {key for key, probe in rubric.probes.items() if _looks_at_results(rubric, probe)}
    drawn = {key for key, probe in rubric.probes.items() if probe.figures}
    said = _about("Figures are looked at by `grade` only", chosen, drawn)
    unseen = drawn
    asked = {probe for criterion in chosen.criteria for probe in criterion.all_probes()}
    if results & asked and not same_model():
        unseen = drawn | results
        said += _about(_ANOTHER_MODEL, chosen, results - drawn, but=drawn)
    kept = tuple(c for c in chosen.criteria if not unseen & set(c.probes()))
    needed = {probe for criterion in kept for probe in criterion.all_probes()}
    probes = {k: p for k, p in chosen.probes.items() if k in needed or k not in unseen}
    reduced = chosen.model_copy(update={"criteria": kept, "probes": probes})
    return Choice(rubric=reduced, left_out=said)


def _about(
    reason: str, rubric: Rubric, probes: AbstractSet[str], *, but: AbstractSet[str] = frozenset()
) -> tuple[str, ...]:
    """One line on the criteria that some probes decide, and none of others; or no line."""
    asked = {c.function or c.title: set(c.probes()) for c in rubric.criteria}
    names = [name for name, own in asked.items() if own & probes and not own & but]
    return (f"{reason}, so not here: {', '.join(names)}.",) if names else ()


def _looks_at_results(rubric: Rubric, probe: Probe) -> bool:
    """Whether it is about what cells have computed, rather than what functions return."""
    results = {other.function for other in rubric.probes.values() if other.expression is None}
    return bool(results & set(_WORD.findall(probe.expression or probe.function)))
