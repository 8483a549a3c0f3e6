"""Hypothesis strategies for answers: right, nearly right, wrong in a known way, odd, or none."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from grader.answer_key.find import rubric_with_mistakes, shipped_key
from grader.answer_key.model import AnswerKey
from grader.checks.base import as_numbers
from grader.judging.judge import Judge
from grader.protocol.values import (
    ArrayKind,
    ArrayValue,
    DictValue,
    Failure,
    NoneValue,
    Observation,
    SequenceValue,
    TextValue,
    Value,
)
from grader.report.model import Verdict
from grader.rubric.load import load_rubric
from grader.rubric.model import Rubric
from grader.rubric.sections import Criterion

FILE = load_rubric(None)
RUBRIC = rubric_with_mistakes(FILE).without_hidden()
"""The lab's rubric without hidden probes, as for a student's own run."""
NAMES = frozenset(RUBRIC.functions)
_KINDS: tuple[ArrayKind, ...] = ("tensor", "ndarray", "list")
_SCALARS: tuple[ArrayKind, ...] = ("tensor", "ndarray", "float")
_DTYPES = ("float16", "float32", "float64", "int64", "uint8", "uint64", "bool")
_MAX_NESTED = 200

Observations = Mapping[str, Observation]


@cache
def public_key() -> AnswerKey:
    """Return the shipped answer key."""
    key = shipped_key(FILE)
    assert key is not None, "the key that ships is stale: `grade key build`"
    return key


def verdict(
    criterion: Criterion,
    observations: Observations,
    *,
    rubric: Rubric = RUBRIC,
    key: AnswerKey | None = None,
    earlier: Mapping[str, Verdict] | None = None,
) -> Verdict:
    """Return the verdict on one criterion, given earlier verdicts if there are any."""
    judge = judge_of(observations, rubric=rubric, key=key)
    return judge.verdict(criterion, earlier or {})


def judge_of(
    observations: Observations, *, rubric: Rubric = RUBRIC, key: AnswerKey | None = None
) -> Judge:
    """Return a judge of these observations, with the shipped key by default."""
    return Judge(
        rubric=rubric,
        key=key or public_key(),
        observations=observations,
        seconds={},
        defined_names=NAMES,
    )


def right() -> dict[str, Value]:
    """Return the reference's answers."""
    return {name: expected.value for name, expected in public_key().expected.items()}


def known_answers() -> st.SearchStrategy[dict[str, Value]]:
    """Generate a notebook's answers: the reference's, a variant's or a known mistake's."""
    key = public_key()
    others = [*key.variants.values(), *key.mistakes.values()]
    return st.sampled_from([{}, *others]).map(lambda other: {**right(), **other})


def each_array(value: Value, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Value:
    """Return a value with every array in it changed."""
    match value:
        case ArrayValue(array=array):
            return replace(value, array=change(array))
        case SequenceValue(items=items):
            return replace(value, items=tuple(each_array(item, change) for item in items))
        case DictValue(entries=entries):
            return DictValue(
                entries={name: each_array(part, change) for name, part in entries.items()}
            )
        case _:
            return value


def noisy(value: Value, seed: int, size: float) -> Value:
    """Return a value with normal noise on its floating-point numbers."""
    rng = np.random.default_rng(seed)

    def add_noise(array: NDArray[Any]) -> NDArray[Any]:
        if array.dtype.kind != "f":
            return array
        return np.asarray(array + size * rng.standard_normal(array.shape), dtype=array.dtype)

    return each_array(value, add_noise)


def with_noise(value: Value) -> st.SearchStrategy[Value]:
    """Generate the value with noise from far below every tolerance to far above."""
    sizes = st.floats(-7, 1).map(lambda power: 10**power)
    return st.builds(noisy, st.just(value), st.integers(0, 2**16), sizes)


def _cast(dtype: str) -> Callable[[NDArray[Any]], NDArray[Any]]:
    def cast(array: NDArray[Any]) -> NDArray[Any]:
        with np.errstate(all="ignore"):
            return array.astype(dtype)

    return cast


def _one_entry(odd: float) -> Callable[[NDArray[Any]], NDArray[Any]]:
    def replace_first(array: NDArray[Any]) -> NDArray[Any]:
        flat = array.astype(np.float64).flatten()
        flat[:1] = odd
        return flat.reshape(array.shape)

    return replace_first


_CHANGES: list[Callable[[NDArray[Any]], NDArray[Any]]] = [
    np.transpose,
    np.zeros_like,
    np.negative,
    lambda array: array.astype(np.float64)[None],
    lambda array: array.astype(np.float64)[..., None],
    lambda array: array.flatten()[:-1],
    lambda array: array[..., :0] if array.ndim else array,
    lambda array: array.astype(np.float64) * 1e300,
    *(_one_entry(odd) for odd in (np.nan, np.inf, -np.inf, 1e300)),
    *(_cast(dtype) for dtype in _DTYPES),
]


def distorted(value: Value) -> st.SearchStrategy[Value]:
    """Generate the value in another shape or dtype, or with NaN, infinite or huge entries."""
    return st.sampled_from(_CHANGES).map(lambda change: each_array(value, _safely(change)))


def _safely(change: Callable[[NDArray[Any]], NDArray[Any]]) -> Callable[..., NDArray[Any]]:
    """Make a change accept bools, which cannot be negated, and overflow without a warning."""

    def changed(array: NDArray[Any]) -> NDArray[Any]:
        plain = array.astype(np.int64) if array.dtype == np.bool_ else array
        with np.errstate(all="ignore"):
            return np.asarray(change(plain))

    return changed


def numbers() -> st.SearchStrategy[ArrayValue]:
    """Generate numbers of every dtype with up to three axes: empty, NaN, infinite and huge ones."""
    shapes = hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4)
    arrays = hnp.arrays(st.sampled_from(_DTYPES), shapes)
    scalars = hnp.arrays(st.sampled_from(_DTYPES[:-1]), ())
    return st.one_of(
        st.builds(
            lambda kind, array: ArrayValue(kind=kind, array=array), st.sampled_from(_KINDS), arrays
        ),
        st.builds(
            lambda kind, array: ArrayValue(kind=kind, array=array),
            st.sampled_from(_SCALARS),
            scalars,
        ),
        st.integers(-(2**53), 2**53).map(lambda n: ArrayValue(kind="int", array=np.array(n))),
        st.booleans().map(lambda b: ArrayValue(kind="bool", array=np.array(b))),
    )


def values() -> st.SearchStrategy[Value]:
    """Generate any value: numbers, texts, None, and containers of them, including figures."""
    leaves = numbers() | st.text(max_size=4).map(lambda t: TextValue(text=t)) | st.just(NoneValue())
    figures = st.lists(
        hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=6)), max_size=3
    ).map(
        lambda ms: SequenceValue(
            kind="figure", items=tuple(ArrayValue(kind="ndarray", array=m) for m in ms)
        )
    )
    return figures | st.recursive(leaves, _containers, max_leaves=6)


def _containers(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    several = st.lists(inner, max_size=3).map(tuple)
    names = st.text(max_size=3) | st.sampled_from(["baseline", "hooks", "early", "0"])
    return st.one_of(
        several.map(lambda items: SequenceValue(kind="tuple", items=items)),
        several.map(lambda items: SequenceValue(kind="list", items=items)),
        st.dictionaries(names, inner, max_size=3).map(lambda parts: DictValue(entries=parts)),
    )


def single(array: NDArray[Any]) -> NDArray[Any]:
    """Round numbers so that both precisions hold them exactly."""
    return array.astype("float32").astype(array.dtype) if array.dtype.kind == "f" else array


def in_other_containers(value: Value) -> st.SearchStrategy[Value]:
    """Generate the same numbers as tensor, array, list or nested tuples, in either precision."""
    if isinstance(value, DictValue):
        parts = {name: in_other_containers(part) for name, part in value.entries.items()}
        return st.fixed_dictionaries(parts).map(lambda entries: DictValue(entries=entries))
    array = _plain_numbers(value)
    if array is None:
        return st.just(value)
    dtypes = [array.dtype.str] if array.dtype.kind == "i" else ["float32", "float64"]
    kinds = _KINDS if array.ndim else _SCALARS
    forms = [
        ArrayValue(kind=kind, array=array.astype(float if kind in {"list", "float"} else dtype))
        for kind in kinds
        for dtype in dtypes
    ]
    if 0 < array.size <= _MAX_NESTED and array.ndim and array.dtype.kind == "f":
        return st.sampled_from([*forms, *(_nested(array, kind) for kind in _SCALARS)])
    return st.sampled_from(forms)


def _plain_numbers(value: Value) -> NDArray[Any] | None:
    """Return a value's numbers, with integers unchanged; None if it is not plain numbers."""
    if isinstance(value, ArrayValue) and value.array.dtype.kind == "i":
        return value.array
    return as_numbers(value)


def _nested(array: NDArray[Any], kind: ArrayKind) -> Value:
    """Return nested tuples of single numbers."""
    if not array.ndim:
        return ArrayValue(kind=kind, array=array.astype(np.float64))
    return SequenceValue(kind="tuple", items=tuple(_nested(part, kind) for part in array))


def failures() -> st.SearchStrategy[Failure]:
    """Generate every kind of failure, with the messages that tell what caused it."""
    kinds = st.sampled_from(
        ["missing", "not_attempted", "raised", "timed_out", "unreadable", "kernel_died"]
    )
    messages = st.sampled_from(["", "60 s", "notebook", "restarts", "it is a set"])
    return st.builds(
        Failure, kind=kinds, ename=st.sampled_from(["", "ValueError"]), message=messages
    )


@st.composite
def notebooks(
    draw: st.DrawFn, criterion: Criterion, odd: st.SearchStrategy[Observation] | None = None
) -> dict[str, Observation]:
    """Generate a notebook's answers to one criterion's probes.

    They are a known notebook's, or with noise; some are distorted, odd, failed or missing.
    """
    answers: dict[str, Observation] = dict(draw(known_answers()))
    probes = criterion.all_probes()
    for name in draw(st.lists(st.sampled_from(probes), unique=True)):
        answer = answers[name]
        assert not isinstance(answer, Failure)
        answers[name] = draw(
            with_noise(answer)
            | distorted(answer)
            | (odd if odd is not None else values() | failures())
        )
    for name in draw(st.lists(st.sampled_from(probes), max_size=1)):
        del answers[name]
    return {name: answers[name] for name in probes if name in answers}
