"""The key that ships holds what every variant and mistake of the rubric answers."""

import pytest

from grader.answer_key.find import shipped_key
from grader.answer_key.model import AnswerKey
from grader.judging.judge import Judge
from grader.judging.margins import Margin, margins_in
from grader.protocol.values import Value
from grader.rubric.load import find_rubric
from grader.rubric.model import Mistake, Variant

FILE = find_rubric(None)
PUBLIC = FILE.rubric.without_hidden()
RUBRIC = PUBLIC.model_copy(update={"variants": tuple(v for v in PUBLIC.variants if not v.alike)})
SOURCED = [variant for variant in RUBRIC.variants if not variant.is_own]


@pytest.fixture(scope="module")
def key() -> AnswerKey:
    """The key, fresh."""
    shipped = shipped_key(FILE)
    assert shipped is not None
    return shipped


@pytest.fixture(scope="module")
def margins(key: AnswerKey) -> list[Margin]:
    """How far each known answer is from being accepted, by the key that ships."""
    return list(margins_in(RUBRIC, key, "public"))


@pytest.mark.parametrize("answer", [*SOURCED, *RUBRIC.mistakes], ids=lambda answer: answer.name)
def test_each_one_has_answered(key: AnswerKey, answer: Variant | Mistake) -> None:
    """None of them fails on a probe that it answers: what failed can match nobody."""
    answers = (key.variants if isinstance(answer, Variant) else key.mistakes)[answer.name]
    assert answers.keys() == set(RUBRIC.answered_by(answer))


@pytest.mark.parametrize("answer", [*SOURCED, *RUBRIC.mistakes], ids=lambda answer: answer.name)
def test_each_margin_is_clear(margins: list[Margin], answer: Variant | Mistake) -> None:
    """A variant is well within every tolerance; a mistake well beyond, and recognised."""
    mine = [margin for margin in margins if margin.name == answer.name]
    assert mine
    assert [margin.problem for margin in mine if margin.problem] == []


@pytest.mark.parametrize("mistake", RUBRIC.mistakes, ids=lambda mistake: mistake.name)
def test_each_mistake_is_told_in_words(key: AnswerKey, mistake: Mistake) -> None:
    """A notebook with one mistake loses points, and its report says what it is."""
    right: dict[str, Value] = {name: expected.value for name, expected in key.expected.items()}
    judge = Judge(
        rubric=RUBRIC,
        key=key,
        observations=right | dict(key.mistakes[mistake.name]),
        seconds={},
        names=frozenset(RUBRIC.functions),
    )
    verdicts = [v for v in judge.verdicts() if v.id in mistake.loses]
    assert verdicts
    assert all(v.points < v.max_points for v in verdicts if not v.followed)
    assert any(mistake.says in v.feedback for v in verdicts)
