"""The key that ships holds what every variant and mistake of the rubric answers."""

import numpy as np
import pytest

from grader.answers import AnswerKey
from grader.checks.evidence import as_numbers
from grader.judging import Judge
from grader.key_store import shipped_key
from grader.rubric import Mistake, Variant
from grader.rubric_file import find_rubric
from grader.values import Value

FILE = find_rubric(None)
RUBRIC = FILE.rubric
SOURCED = [variant for variant in RUBRIC.variants if variant.source]


@pytest.fixture(scope="module")
def key() -> AnswerKey:
    """The key, fresh."""
    shipped = shipped_key(FILE)
    assert shipped is not None
    return shipped


def asked(answer: Variant | Mistake) -> set[str]:
    """The probes of a variant's or mistake's function."""
    probes = RUBRIC.probes.items()
    return {name for name, probe in probes if probe.function == answer.function}


@pytest.mark.parametrize("answer", [*SOURCED, *RUBRIC.mistakes], ids=lambda answer: answer.name)
def test_each_one_has_answered(key: AnswerKey, answer: Variant | Mistake) -> None:
    """None of them fails on a probe of its own function: what failed can match nobody."""
    answers = (key.variants if isinstance(answer, Variant) else key.mistakes)[answer.name]
    assert answers.keys() == asked(answer)


def same(key: AnswerKey, one: str, other: str) -> bool:
    """Whether two mistakes cannot be told apart by what they answer."""
    pairs = [(key.mistakes[one][probe], key.mistakes[other][probe]) for probe in key.mistakes[one]]
    arrays = [(as_numbers(left), as_numbers(right)) for left, right in pairs]
    return all(a is not None and b is not None and np.array_equal(a, b) for a, b in arrays)


@pytest.mark.parametrize("mistake", RUBRIC.mistakes, ids=lambda mistake: mistake.name)
def test_each_mistake_loses_points_and_is_named(key: AnswerKey, mistake: Mistake) -> None:
    """A notebook with one mistake is told its name, or that of one that answers just the same."""
    right: dict[str, Value] = {name: expected.value for name, expected in key.expected.items()}
    judge = Judge(
        rubric=RUBRIC,
        key=key,
        observations=right | dict(key.mistakes[mistake.name]),
        seconds={},
        names=frozenset(RUBRIC.functions),
    )
    verdicts = [v for v in judge.verdicts() if v.function == mistake.function]
    named = {v.misconception for v in verdicts if v.points < v.max_points} - {None}
    assert mistake.name in named or any(same(key, mistake.name, str(name)) for name in named)
