"""Builds small values, rubrics, keys and reports for tests."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from grader.answer_key.model import AnswerKey, KeyProvenance
from grader.checks import DEFAULT_TOLERANCES, CheckInputs, CheckResult
from grader.checks.base import BaseCheck
from grader.judging.judge import Judge
from grader.protocol.values import (
    ArrayValue,
    DictValue,
    Expected,
    Observation,
    SequenceValue,
    Value,
)
from grader.report.model import Report, Verdict
from grader.rubric.load import parse_rubric
from grader.rubric.model import Rubric
from grader.submission.read import Cell, Submission

MINI_RUBRIC = """\
lab: mini
title: Mini lab
version: "1"
total: 10
models: {grading: planted-4x3}
reference: {modules: [mini]}
probes:
  scores: {function: compute_induction_scores, expression: compute_induction_scores(model)}
  shape: {function: compute_induction_scores, expression: compute_induction_scores(model)}
variants:
  corrected: {function: compute_induction_scores}
  as_printed: {function: compute_induction_scores, source: printed, note: As good.}
mistakes:
  transposed:
    function: compute_induction_scores
    source: transposed_scores
    message: You index [key, query].
    hints: ["The query looks first.", "Which axis is the query?", "Write [query, key]."]
    credit: 0.25
    fails: [scores]
functions:
  compute_induction_scores:
    criteria:
      scores:
        title: Scores
        points: 10
        checks:
          - {kind: close, probe: scores, axes: [layer, head], weight: 3}
          - {kind: shape, probe: shape}
        hint: Mind the target.
"""


def tensor(*entries: Any, dtype: str = "float32") -> ArrayValue:
    """Return a tensor, as it arrives from the kernel."""
    return ArrayValue(kind="tensor", array=np.array(entries, dtype=dtype))


def array(entries: Any) -> ArrayValue:
    """Return a numpy array, as it arrives from the kernel."""
    return ArrayValue(kind="ndarray", array=np.asarray(entries, dtype=np.float64))


def number(value: float) -> ArrayValue:
    """Return a Python float."""
    return ArrayValue(kind="float", array=np.array(float(value)))


def nested_list(entries: Any) -> ArrayValue:
    """Return a nested list of numbers."""
    return ArrayValue(kind="list", array=np.asarray(entries, dtype=np.float64))


def boolean(*, value: bool) -> ArrayValue:
    """Return a Python bool."""
    return ArrayValue(kind="bool", array=np.array(value))


def parts(*items: Value) -> SequenceValue:
    """Return a tuple."""
    return SequenceValue(kind="tuple", items=items)


def figure(*heatmaps: Any) -> SequenceValue:
    """Return a figure that draws these matrices."""
    return SequenceValue(kind="figure", items=tuple(array(heatmap) for heatmap in heatmaps))


def table(**entries: Value) -> DictValue:
    """Return a dict."""
    return DictValue(entries=entries)


def judged(
    check: BaseCheck,
    observed: Mapping[str, Value],
    reference: Mapping[str, Value | Expected] | None = None,
) -> CheckResult:
    """Apply a check to observations and reference values."""
    expected = {
        name: value if isinstance(value, Expected) else Expected(value=value)
        for name, value in (reference or {}).items()
    }
    return check.judge(
        CheckInputs(observed=observed, expected=expected, tolerances=DEFAULT_TOLERANCES)
    )


def rubric(text: str = MINI_RUBRIC) -> Rubric:
    """Parse the mini rubric or another text."""
    return parse_rubric(text, name="mini.yaml").rubric


def about() -> KeyProvenance:
    """Return the provenance of a key for tests."""
    return KeyProvenance(
        lab="mini",
        probing_sha256="0" * 64,
        reference_sha256="1" * 64,
        model="planted-4x3",
        device="cpu",
        seed=0,
        torch="2.4",
        transformer_lens="3.9",
    )


def answer_key(
    expected: Mapping[str, Value],
    *,
    variants: Mapping[str, Mapping[str, Value]] | None = None,
    mistakes: Mapping[str, Mapping[str, Value]] | None = None,
) -> AnswerKey:
    """Return a key with these values."""
    return AnswerKey(
        provenance=about(),
        expected={name: Expected(value=value) for name, value in expected.items()},
        variants=variants or {},
        mistakes=mistakes or {},
        recordings={},
    )


def verdict_on(
    observations: Mapping[str, Observation],
    key: AnswerKey,
    text: str = MINI_RUBRIC,
    names: frozenset[str] = frozenset(),
) -> Verdict:
    """Judge the first criterion of a rubric."""
    judge = Judge(
        rubric=rubric(text),
        key=key,
        observations=observations,
        seconds={"scores": 0.5},
        defined_names=names,
    )
    return judge.verdicts()[0]


def submission(*sources: str) -> Submission:
    """Return a notebook of these code cells."""
    cells = tuple(Cell(index=i, source=source) for i, source in enumerate(sources))
    return Submission(
        name="nb.ipynb", sha256="2" * 64, student=None, cells=cells, total_cells=len(cells)
    )


def verdict(**changes: Any) -> Verdict:
    """Return a passed verdict, with changes."""
    passed = Verdict(
        id="scores",
        function="compute_induction_scores",
        title="Scores",
        outcome="passed",
        points=10.0,
        max_points=10.0,
        seconds=0.25,
    )
    return replace(passed, **changes)


def report(*verdicts: Verdict, **changes: Any) -> Report:
    """Return a report with these verdicts."""
    plain = Report(
        status="graded",
        name="nb.ipynb",
        sha256="2" * 64,
        student=None,
        lab="mini",
        lab_title="Mini lab",
        rubric_version="1",
        rubric_sha256="3" * 64,
        total=sum(v.max_points for v in verdicts if not v.bonus),
        verdicts=verdicts,
        cells=3,
        seconds=4.125,
        cell_errors=(),
        notes=(),
        environment={"model": "planted-4x3", "device": "cpu", "torch": "2.4", "seed": 0},
    )
    return replace(plain, **changes)
