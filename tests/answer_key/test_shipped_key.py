"""The shipped key: it has the answers of every variant and mistake of the rubric."""

import pytest

from grader.answer_key.find import rubric_with_mistakes, shipped_key
from grader.answer_key.model import AnswerKey
from grader.judging.judge import Judge
from grader.judging.margins import Margin, measure_margins
from grader.protocol.values import Value
from grader.rubric.known_answers import Mistake, Variant
from grader.rubric.load import load_rubric

FILE = load_rubric(None)
RUBRIC = rubric_with_mistakes(FILE).without_hidden()
SOURCED = [variant for variant in RUBRIC.variants if not variant.is_reference]


@pytest.fixture(scope="module")
def key() -> AnswerKey:
    """Return the shipped key."""
    shipped = shipped_key(FILE)
    assert shipped is not None
    return shipped


@pytest.fixture(scope="module")
def margins(key: AnswerKey) -> list[Margin]:
    """Return the margins of all known answers, by the shipped key."""
    return list(measure_margins(RUBRIC, key, "public"))


@pytest.mark.parametrize("answer", [*SOURCED, *RUBRIC.mistakes], ids=lambda answer: answer.name)
def test_each_one_has_answered(key: AnswerKey, answer: Variant | Mistake) -> None:
    """No variant or mistake fails on a probe: a failed answer matches nobody."""
    answers = (key.variants if isinstance(answer, Variant) else key.mistakes)[answer.name]
    assert answers.keys() == set(RUBRIC.answered_probes(answer))


@pytest.mark.parametrize("answer", [*SOURCED, *RUBRIC.mistakes], ids=lambda answer: answer.name)
def test_each_margin_is_clear(margins: list[Margin], answer: Variant | Mistake) -> None:
    """A variant is well within every tolerance; a mistake is well beyond, and recognised."""
    mine = [margin for margin in margins if margin.name == answer.name]
    assert mine
    assert [margin.problem for margin in mine if margin.problem] == []


@pytest.mark.parametrize("mistake", RUBRIC.mistakes, ids=lambda mistake: mistake.name)
def test_each_mistake_is_told_in_words(key: AnswerKey, mistake: Mistake) -> None:
    """A notebook with one mistake loses points, and its report explains the mistake."""
    right: dict[str, Value] = {name: expected.value for name, expected in key.expected.items()}
    judge = Judge(
        rubric=RUBRIC,
        key=key,
        observations=right | dict(key.mistakes[mistake.name]),
        seconds={},
        defined_names=frozenset(RUBRIC.functions),
    )
    verdicts = [v for v in judge.verdicts() if v.id in mistake.fails]
    assert verdicts
    assert all(v.points < v.max_points for v in verdicts if not v.followed)
    assert any(mistake.message in v.feedback for v in verdicts)
