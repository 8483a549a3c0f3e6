"""Extracts the data of a report's charts from a submission's observations and the answer key.

A value that a chart cannot show yields no chart: it is too large, or has the wrong type or shape.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from grader.answer_key.model import AnswerKey
from grader.charts.model import (
    MAX_BARS,
    MAX_COLUMNS,
    MAX_ROWS,
    AttentionPattern,
    Bars,
    Chart,
    Heatmap,
    Matrix,
    Number,
    Tokens,
)
from grader.checks.base import as_numbers
from grader.checks.heatmap import stripe_offset
from grader.protocol.values import DictValue, Failure, Observation, SequenceValue, Value
from grader.report.model import Verdict
from grader.rubric.charts import BarsSpec, ChartSpec, HeatmapSpec, PatternSpec
from grader.rubric.model import Rubric

_DIGITS = 4
"""Significant digits of the numbers in a chart."""
_MATRIX_DIMENSIONS = 2
_MAX_TOKENS = 128
_MAX_HEADS = 400
_MAX_LABEL = 40

_GetValue = Callable[[str], Value | None]
"""Returns the value of a probe, or None."""


def extract_charts(
    rubric: Rubric,
    key: AnswerKey,
    observations: Mapping[str, Observation],
    verdicts: tuple[Verdict, ...],
) -> tuple[Chart, ...]:
    """Return the charts of all visible criteria, without anything observed on hidden models.

    Args:
        rubric: The rubric, whose criteria specify their charts.
        key: The expected values.
        observations: The student's values, by probe.
        verdicts: The verdicts on the same submission, which tell the accepted variant.
    """
    by_id = {verdict.id: verdict for verdict in verdicts}
    charts: list[Chart] = []
    for criterion in rubric.criteria:
        verdict = by_id.get(criterion.id)
        if verdict is None or criterion.visibility != "visible":
            continue
        context = _Context(rubric, key, observations, verdict)
        charts += [chart for spec in criterion.pictures for chart in context.extract(spec)]
    return tuple(charts)


@dataclass(frozen=True, slots=True)
class _Context:
    """The values that the charts of one criterion are made from."""

    rubric: Rubric
    key: AnswerKey
    observations: Mapping[str, Observation]
    verdict: Verdict

    def extract(self, spec: ChartSpec) -> Iterator[Chart]:
        """Yield the chart that a rubric specifies, if there is an answer to show."""
        if any(self._is_hidden(name) for name in spec.probes()):
            return
        match spec:
            case HeatmapSpec():
                yield from self._heatmap(spec)
            case PatternSpec():
                yield from self._attention_pattern(spec)
            case BarsSpec():
                yield from self._bars(spec)
            case _:
                row = _to_tokens(self._answer(spec.probe))
                if row:
                    yield Tokens(criterion=self.verdict.id, title=spec.title, answer=row)

    def _heatmap(self, spec: HeatmapSpec) -> Iterator[Heatmap]:
        answer = _to_matrix(self._answer(spec.probe))
        if answer:
            yield Heatmap(
                criterion=self.verdict.id,
                title=spec.title,
                axes=spec.axes,
                answer=answer,
                expected=_to_matrix(self._expected(spec.probe)),
                marked=_to_heads(self._answer(spec.marked)) if spec.marked else (),
            )

    def _attention_pattern(self, spec: PatternSpec) -> Iterator[AttentionPattern]:
        answer = _to_matrix(self._answer(spec.probe))
        expected = _to_matrix(self._expected(spec.probe))
        if answer and len(answer) == len(answer[0]):
            yield AttentionPattern(
                criterion=self.verdict.id,
                title=spec.title,
                name=_first_head_name(self._answer(spec.head) if spec.head else None),
                answer=answer,
                expected_name=_first_head_name(self._expected(spec.head) if spec.head else None),
                expected=expected if expected and len(expected) == len(answer) else None,
                target=_attention_stripe(len(answer), spec.stripe),
            )

    def _bars(self, spec: BarsSpec) -> Iterator[Bars]:
        answer = _labelled_numbers(spec, self._answer)
        if answer:
            expected = _labelled_numbers(spec, self._expected)
            labels = tuple(answer)
            fits = expected is not None and set(labels) <= set(expected)
            yield Bars(
                criterion=self.verdict.id,
                title=spec.title,
                labels=labels,
                unit=spec.unit,
                answer=tuple(answer.values()),
                expected=tuple(expected[name] for name in labels) if expected and fits else None,
            )

    def _is_hidden(self, probe: str) -> bool:
        return probe not in self.rubric.probes or self.rubric.probes[probe].hidden

    def _answer(self, probe: str) -> Value | None:
        observation = self.observations.get(probe)
        return None if isinstance(observation, Failure) else observation

    def _expected(self, probe: str) -> Value | None:
        """Return the accepted variant's value if the answer matches one, else the reference's."""
        of_variant = self.key.variants.get(self.verdict.variant or "", {}).get(probe)
        of_reference = self.key.expected.get(probe)
        return of_variant or (of_reference.value if of_reference else None)


def _to_matrix(value: Value | None) -> Matrix | None:
    """Return a matrix: the first one of a stack, or the first one that a figure draws."""
    if isinstance(value, SequenceValue) and value.kind == "figure":
        value = value.items[0] if value.items else None
    array = as_numbers(value) if value is not None else None
    if array is None or array.ndim < _MATRIX_DIMENSIONS or not array.size:
        return None
    while array.ndim > _MATRIX_DIMENSIONS:
        array = array[0]
    rows, columns = array.shape
    if rows > MAX_ROWS or columns > MAX_COLUMNS:
        return None
    return tuple(tuple(_rounded(float(number)) for number in row) for row in array)


def _to_tokens(value: Value | None) -> tuple[int, ...]:
    """Return one sequence of token ids: the first row if there are several."""
    array = as_numbers(value) if value is not None else None
    if array is None or not array.size or array.ndim > _MATRIX_DIMENSIONS:
        return ()
    if not np.isfinite(array).all():
        return ()
    row = np.atleast_2d(array)[0][:_MAX_TOKENS]
    return tuple(int(number) for number in row) if (abs(row) < 2**53).all() else ()


def _to_heads(value: Value | None) -> tuple[tuple[int, int], ...]:
    """Return (layer, head) pairs from a list of pairs, or of triples that end with a score."""
    array = as_numbers(value) if value is not None else None
    if array is None or array.ndim != _MATRIX_DIMENSIONS or array.shape[1] < 2:  # noqa: PLR2004 (a pair)
        return ()
    pairs = array[:_MAX_HEADS, :2]
    if not np.isfinite(pairs).all() or (abs(pairs) > MAX_COLUMNS).any():
        return ()
    return tuple((int(layer), int(head)) for layer, head in pairs)


def _first_head_name(value: Value | None) -> str:
    """Return the first head of a list in the lab's notation, such as ``L5H1``."""
    heads = _to_heads(value)
    return f"L{heads[0][0]}H{heads[0][1]}" if heads else "the head"


def _labelled_numbers(spec: BarsSpec, get: _GetValue) -> dict[str, Number] | None:
    """Return the numbers of a bar chart by label, or None if there are none."""
    if spec.values:
        numbers = {name: _to_number(get(probe), spec.part) for name, probe in spec.values.items()}
    else:
        numbers = _numbers_of_probe(get(spec.probe) if spec.probe else None, spec)
    return numbers if any(number is not None for number in numbers.values()) else None


def _numbers_of_probe(value: Value | None, spec: BarsSpec) -> dict[str, Number]:
    if isinstance(value, DictValue):
        items = list(value.entries.items())[:MAX_BARS]
        return {name[:_MAX_LABEL]: _to_number(item, spec.part) for name, item in items}
    array = as_numbers(value) if value is not None else None
    if array is not None and array.ndim == _MATRIX_DIMENSIONS and spec.part is not None:
        array = array[:, spec.part] if -array.shape[1] <= spec.part < array.shape[1] else None
    if array is None or array.ndim != 1 or len(array) > MAX_BARS:
        return {}
    labels = spec.labels if len(spec.labels) == len(array) else map(str, range(len(array)))
    return {name: _rounded(float(x)) for name, x in zip(labels, array, strict=True)}


def _to_number(value: Value | None, part: int | None) -> Number:
    array = as_numbers(value) if value is not None else None
    if array is not None and part is not None and array.ndim == 1:
        array = array[part] if -len(array) <= part < len(array) else None
    return _rounded(float(array)) if array is not None and array.shape == () else None


def _rounded(number: float) -> Number:
    """Round to the digits that a chart shows; return None for NaN and infinity."""
    if not math.isfinite(number):
        return None
    return float(f"{number:.{_DIGITS}g}")


def _attention_stripe(
    n_pos: int, kind: Literal["induction", "previous_token"]
) -> tuple[tuple[int, int], ...]:
    """Return the positions that a head of a known kind attends to, as (query, key).

    Args:
        n_pos: Length of the repeated sequence, both halves together.
        kind: An induction head attends, from the second half, to the token after the earlier copy
            (prefix matching in Olsson et al. 2022); a previous-token head to the position before.
    """
    offset = stripe_offset(kind, n_pos)
    first = n_pos // 2 if kind == "induction" else 1
    return tuple((query, query - offset) for query in range(first, n_pos))
