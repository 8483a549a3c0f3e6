"""Values read as what a picture can show; nothing where they are something else."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from grader.answer_key.model import AnswerKey
from grader.charts.model import (
    MOST_BARS,
    MOST_COLUMNS,
    MOST_ROWS,
    Bars,
    Entry,
    Heatmap,
    Matrix,
    Pattern,
    Picture,
    Tokens,
)
from grader.checks.base import as_numbers
from grader.checks.heatmap import offset_of
from grader.protocol.values import Failure, Group, Observation, Table, Value
from grader.report.model import Verdict
from grader.rubric.charts import BarsPlan, HeatmapPlan, Illustration, PatternPlan
from grader.rubric.model import Rubric

# MERGED: Where heads of a known kind attend on a sequence that comes twice.
# MERGED: From observations and an answer key to what a report's pictures show. Pure.
_DIGITS = 4
_PAIR = 2
_MOST_TOKENS = 128
_MOST_HEADS = 400
Get = Callable[[str], Value | None]


def matrix(value: Value | None) -> Matrix | None:
    """A matrix; of several the first, and of a figure's the first that it draws."""
    if isinstance(value, Group) and value.kind == "figure":
        value = value.items[0] if value.items else None
    array = as_numbers(value) if value is not None else None
    if array is None or array.ndim < _PAIR or not array.size:
        return None
    while array.ndim > _PAIR:
        array = array[0]
    rows, columns = array.shape
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        return None
    return tuple(tuple(entry(float(number)) for number in row) for row in array)


def tokens(value: Value | None) -> tuple[int, ...]:
    """One sequence of whole numbers: the first row, where there are several."""
    array = as_numbers(value) if value is not None else None
    if array is None or not array.size or array.ndim > _PAIR or not np.isfinite(array).all():
        return ()
    row = np.atleast_2d(array)[0][:_MOST_TOKENS]
    return tuple(int(number) for number in row) if (abs(row) < 2**53).all() else ()


def heads(value: Value | None) -> tuple[tuple[int, int], ...]:
    """Pairs of layer and head, from a list of pairs or of triples with a score."""
    array = as_numbers(value) if value is not None else None
    if array is None or array.ndim != _PAIR or array.shape[1] < _PAIR:
        return ()
    pairs = array[:_MOST_HEADS, :2]
    if not np.isfinite(pairs).all() or (abs(pairs) > MOST_COLUMNS).any():
        return ()
    return tuple((int(layer), int(head)) for layer, head in pairs)


def first_head(value: Value | None) -> str:
    """The first head of a list as the lab calls it: ``L5H1``."""
    found = heads(value)
    return f"L{found[0][0]}H{found[0][1]}" if found else "the head"


def named(plan: BarsPlan, get: Get) -> dict[str, Entry] | None:
    """The numbers of bars by their labels; None where there are none, or other ones.

    Args:
        plan: Which numbers.
        get: A probe's value.
    """
    if plan.values:
        found = {name: _number(get(probe), plan.part) for name, probe in plan.values.items()}
    else:
        found = _all(get(plan.probe) if plan.probe else None, plan)
    return found if any(number is not None for number in found.values()) else None


def entry(number: float) -> Entry:
    """A number with as many digits as one can see; None where it is none."""
    if not math.isfinite(number):
        return None
    return float(f"{number:.{_DIGITS}g}")


def _all(value: Value | None, plan: BarsPlan) -> dict[str, Entry]:
    if isinstance(value, Table):
        items = list(value.entries.items())[:MOST_BARS]
        return {name[:40]: _number(part, plan.part) for name, part in items}
    array = as_numbers(value) if value is not None else None
    if array is not None and array.ndim == _PAIR and plan.part is not None:
        array = array[:, plan.part] if -array.shape[1] <= plan.part < array.shape[1] else None
    if array is None or array.ndim != 1 or len(array) > MOST_BARS:
        return {}
    labels = plan.labels if len(plan.labels) == len(array) else map(str, range(len(array)))
    return {name: entry(float(x)) for name, x in zip(labels, array, strict=True)}


def _number(value: Value | None, part: int | None) -> Entry:
    array = as_numbers(value) if value is not None else None
    if array is not None and part is not None and array.ndim == 1:
        array = array[part] if -len(array) <= part < len(array) else None
    return entry(float(array)) if array is not None and array.shape == () else None


def stripe(n_pos: int, kind: Literal["induction", "previous_token"]) -> tuple[tuple[int, int], ...]:
    """The targets, as (query, key).

    Args:
        n_pos: Length of the sequence, both halves.
        kind: An induction head attends, from the second half, to the token after the earlier copy
            (Olsson et al.'s prefix matching); a previous-token head to the position before.
    """
    offset = offset_of(kind, n_pos)
    first = n_pos // 2 if kind == "induction" else 1
    return tuple((query, query - offset) for query in range(first, n_pos))


def pictures_of(
    rubric: Rubric,
    key: AnswerKey,
    observations: Mapping[str, Observation],
    verdicts: tuple[Verdict, ...],
) -> tuple[Picture, ...]:
    """The pictures of every criterion that has some.

    What was asked on hidden models is in none of them, and nothing of a hidden criterion.

    Args:
        rubric: Whose criteria say what is shown.
        key: The expected values.
        observations: The student's, by probe.
        verdicts: On the same submission: an accepted variant has expected values of its own.
    """
    by_id = {verdict.id: verdict for verdict in verdicts}
    found: list[Picture] = []
    for criterion in rubric.criteria:
        verdict = by_id.get(criterion.id)
        if verdict is None or criterion.visibility != "visible":
            continue
        sight = _Sight(rubric, key, observations, verdict)
        found += [picture for plan in criterion.pictures for picture in sight.picture(plan)]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Sight:
    """What there is to see of one criterion."""

    rubric: Rubric
    key: AnswerKey
    observations: Mapping[str, Observation]
    verdict: Verdict

    def picture(self, plan: Illustration) -> Iterator[Picture]:
        """The picture, where there is an answer to show."""
        if any(self._is_hidden(name) for name in plan.probes()):
            return
        match plan:
            case HeatmapPlan():
                yield from self._heatmap(plan)
            case PatternPlan():
                yield from self._pattern(plan)
            case BarsPlan():
                yield from self._bars(plan)
            case _:
                row = tokens(self._answer(plan.probe))
                if row:
                    yield Tokens(criterion=self.verdict.id, title=plan.title, answer=row)

    def _heatmap(self, plan: HeatmapPlan) -> Iterator[Heatmap]:
        answer = matrix(self._answer(plan.probe))
        if answer:
            yield Heatmap(
                criterion=self.verdict.id,
                title=plan.title,
                axes=plan.axes,
                answer=answer,
                expected=matrix(self._expected(plan.probe)),
                marked=heads(self._answer(plan.marked)) if plan.marked else (),
            )

    def _pattern(self, plan: PatternPlan) -> Iterator[Pattern]:
        answer = matrix(self._answer(plan.probe))
        expected = matrix(self._expected(plan.probe))
        if answer and _is_square(answer):
            yield Pattern(
                criterion=self.verdict.id,
                title=plan.title,
                name=first_head(self._answer(plan.head) if plan.head else None),
                answer=answer,
                expected_name=first_head(self._expected(plan.head) if plan.head else None),
                expected=expected if expected and len(expected) == len(answer) else None,
                target=stripe(len(answer), plan.stripe),
            )

    def _bars(self, plan: BarsPlan) -> Iterator[Bars]:
        answer = named(plan, self._answer)
        if answer:
            expected = named(plan, self._expected)
            labels = tuple(answer)
            fits = expected is not None and set(labels) <= set(expected)
            yield Bars(
                criterion=self.verdict.id,
                title=plan.title,
                labels=labels,
                unit=plan.unit,
                answer=tuple(answer.values()),
                expected=tuple(expected[name] for name in labels) if expected and fits else None,
            )

    def _is_hidden(self, probe: str) -> bool:
        return probe not in self.rubric.probes or self.rubric.probes[probe].hidden

    def _answer(self, probe: str) -> Value | None:
        seen = self.observations.get(probe)
        return None if isinstance(seen, Failure) else seen

    def _expected(self, probe: str) -> Value | None:
        """What the accepted variant answers, where the answer was recognised as one's."""
        theirs = self.key.variants.get(self.verdict.variant or "", {}).get(probe)
        known = self.key.expected.get(probe)
        return theirs or (known.value if known else None)


def _is_square(answer: Matrix) -> bool:
    return len(answer) == len(answer[0])
