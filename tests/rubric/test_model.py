"""The rubric's own methods, and totals and names that contradict each other."""

import pytest

from grader.checks import DEFAULT_TOLERANCES, Tolerance
from grader.errors import RubricError
from grader.rubric.consistency import find_problems
from grader.rubric.known_answers import Rewording
from grader.rubric.model import Rubric
from tests.builders import MINI_RUBRIC, rubric

MINI = rubric()
WITHOUT = MINI.model_copy(update={"mistakes": ()})
"""The mini rubric without its mistake, as if that came with the key."""


def contradictions(**changes: object) -> list[str]:
    """Return the contradictions in the mini rubric with some sections replaced."""
    changed = Rubric.model_validate(MINI.model_dump() | changes)
    return [what for _, what in find_problems(changed)]


def test_a_sound_rubric_has_no_contradictions() -> None:
    """The mini rubric that these tests start from is valid."""
    assert find_problems(MINI) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"total": 9}, "the criteria add up to 10, not 9; total may be left out"),
        ({"models": {"small": "planted-2x2"}}, "one of the models must be named 'grading'"),
        ({"criteria": MINI.criteria * 2, "total": 20}, "another criterion is named 'scores'"),
        ({"probes": {"scores": MINI.probes["scores"]}}, "no probe is named 'shape'"),
    ],
)
def test_contradictions_are_found(changes: dict[str, object], expected: str) -> None:
    """Wrong totals, undefined names and repeated names are found."""
    assert expected in contradictions(**changes)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("axes: [layer, head]", "tolerance: loose", "no tolerance class is named 'loose'"),
        ("probe: shape", "probe: chape", "no probe is named 'chape'"),
        ("(model)}", "(model), models: {m: huge}}", "no model is named 'huge'"),
        ("(model)}", "(model), use_recordings: [t]}", "no recording is named 't'"),
    ],
)
def test_cross_references_hold(old: str, new: str, expected: str) -> None:
    """A check's probe and tolerance, a probe's models and recordings are all defined."""
    with pytest.raises(Exception, match=expected):
        rubric(MINI_RUBRIC.replace(old, new))


def test_bonus_is_on_top_of_the_total() -> None:
    """A bonus criterion does not count towards the total."""
    bonus = MINI.criteria[0].model_copy(update={"id": "more", "bonus": True})
    assert contradictions(criteria=(*MINI.criteria, bonus)) == []


def test_own_tolerances_come_before_the_defaults() -> None:
    """A rubric may redefine a class, and keeps the other defaults."""
    own = MINI.model_copy(update={"tolerances": {"rank": Tolerance(atol=1)}})
    assert own.all_tolerances == DEFAULT_TOLERANCES | {"rank": Tolerance(atol=1)}


def test_on_model_replaces_the_grading_model() -> None:
    """Only the grading model is replaced; without a name, nothing is."""
    assert MINI.on_model("gpt2-small").models == {"grading": "gpt2-small"}
    assert MINI.on_model(None) is MINI


@pytest.mark.parametrize(
    ("name", "count"), [("scores", 1), ("compute_induction_scores", 1), ("x", 0)]
)
def test_only_selects_by_id_or_function(name: str, count: int) -> None:
    """A selection keeps its criteria and the probes they read."""
    part = MINI.select(name)
    assert (len(part.criteria), len(part.probes)) == (count, 2 * count)
    assert MINI.select(None) is MINI


def test_probes_and_functions_are_listed_once() -> None:
    """Probes and functions are in the rubric's order, without repeats."""
    assert MINI.criteria[0].probes() == ("scores", "shape")
    assert MINI.functions == ("compute_induction_scores",)


def test_mistakes_of_a_key_are_attached() -> None:
    """They are judged with, but are no part of the rubric's own files."""
    attached = WITHOUT.with_mistakes(MINI.mistakes)
    assert attached.mistakes == MINI.mistakes
    assert attached.own_mistakes == ()
    assert attached.with_mistakes(MINI.mistakes) == attached


def test_the_rubrics_own_mistakes_take_precedence() -> None:
    """A mistake that the rubric defines is not replaced by one of the same name in a key."""
    other = MINI.mistakes[0].model_copy(update={"message": "Other words."})
    assert MINI.with_mistakes([other]).mistakes == MINI.mistakes


def test_a_mistake_without_criteria_is_left_out() -> None:
    """An instructor who removes criteria also removes the mistakes that fail nothing else."""
    (mistake,) = MINI.mistakes
    gone = mistake.model_copy(update={"fails": ("removed",)})
    some = mistake.model_copy(update={"fails": ("removed", "scores")})
    assert WITHOUT.with_mistakes([gone]).mistakes == ()
    assert WITHOUT.with_mistakes([some]).mistakes == (some,)


def test_a_rewording_changes_what_it_names() -> None:
    """A rewording replaces the message, the hints or the credit, and nothing else."""
    change = {"transposed": Rewording(message="Other words.", credit=0.5)}
    reworded = WITHOUT.model_copy(update={"rewordings": change}).with_mistakes(MINI.mistakes)
    (old,), (new,) = MINI.mistakes, reworded.mistakes
    assert new == old.model_copy(update={"message": "Other words.", "credit": 0.5})


def test_a_rewording_needs_its_mistake() -> None:
    """A rewording of a mistake that does not exist is an error."""
    text = MINI_RUBRIC.replace("functions:", "  lost: {message: Other words.}\nfunctions:")
    with pytest.raises(RubricError, match=r"mistakes\.lost: no mistake of the lab has this name"):
        rubric(text).with_mistakes([])
