"""What of a rubric can be judged in a running kernel: functions always, results sometimes."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from grader.rubric import Criterion, Rubric
from grader.sitting import selected

_WORD = re.compile(r"\w+")


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
    drawn = [c for c in chosen.criteria if any(rubric.probes[p].figures for p in c.probes())]
    computed = [c for c in chosen.criteria if c not in drawn and _looks_at_results(rubric, c)]
    said: list[str] = []
    if drawn:
        said.append(f"Figures are looked at by `grade` only, so not here: {_listed(drawn)}.")
    if computed and not same_model():
        said.append(
            "Results are compared where `model` is the model that `grade` puts in its place; "
            f"yours is another, so not here: {_listed(computed)}."
        )
        drawn += computed
    kept = tuple(criterion for criterion in chosen.criteria if criterion not in drawn)
    return Choice(rubric=chosen.reduced_to(kept), left_out=tuple(said))


def _looks_at_results(rubric: Rubric, criterion: Criterion) -> bool:
    """Whether it is about what cells have computed, rather than what functions return."""
    results = {probe.function for probe in rubric.probes.values() if probe.expression is None}
    asked = [rubric.probes[name] for name in criterion.probes()]
    return any(results & set(_WORD.findall(p.expression or p.function)) for p in asked)


def _listed(criteria: Iterable[Criterion]) -> str:
    return ", ".join(dict.fromkeys(c.function or c.title for c in criteria))
