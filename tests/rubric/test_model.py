"""The rubric's own rules, and what contradicts itself in one."""

import pytest

from grader.checks import DEFAULT_TOLERANCES, Tolerance
from grader.rubric.consistency import contradictions
from grader.rubric.model import Rubric
from tests.builders import MINI_RUBRIC, rubric

MINI = rubric()


def contradicting(**changes: object) -> list[str]:
    """What contradicts itself in the mini rubric with another part in one's place."""
    changed = Rubric.model_validate(MINI.model_dump() | changes)
    return [what for _, what in contradictions(changed)]


def test_a_sound_rubric_has_no_contradictions() -> None:
    """The mini rubric that these tests start from is sound."""
    assert contradictions(MINI) == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"total": 9}, "the criteria add up to 10, not 9"),
        ({"models": {"small": "planted-2x2"}}, "one of the models must be named 'grading'"),
        ({"variants": MINI.variants * 2}, "'corrected' stands twice"),
        ({"mistakes": MINI.mistakes * 2}, "'transposed' stands twice"),
        ({"criteria": MINI.criteria * 2, "total": 20}, "'scores' stands twice"),
        ({"probes": {"scores": MINI.probes["scores"]}}, "no probe is named 'shape'"),
    ],
)
def test_contradictions_are_found(changes: dict[str, object], what: str) -> None:
    """Totals, names that stand for nothing, names that stand twice."""
    assert what in contradicting(**changes)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("axes: [layer, head]", "tolerance: loose", "no tolerance class is named 'loose'"),
        ("probe: shape", "probe: chape", "no probe is named 'chape'"),
        ("(model)}", "(model), models: {m: huge}}", "no model is named 'huge'"),
        ("(model)}", "(model), provide: [tokens]}", "no recording is named 'tokens'"),
    ],
)
def test_cross_references_hold(old: str, new: str, what: str) -> None:
    """A check's probe and tolerance, a probe's models and recordings are all defined."""
    with pytest.raises(Exception, match=what):
        rubric(MINI_RUBRIC.replace(old, new))


def test_bonus_is_on_top_of_the_total() -> None:
    """A bonus criterion does not count towards what the criteria add up to."""
    bonus = MINI.criteria[0].model_copy(update={"id": "more", "bonus": True})
    assert contradicting(criteria=(*MINI.criteria, bonus)) == []


def test_own_tolerances_come_before_the_defaults() -> None:
    """A rubric may redefine a class, and keeps the others."""
    own = MINI.model_copy(update={"tolerances": {"rank": Tolerance(atol=1)}})
    assert own.all_tolerances == DEFAULT_TOLERANCES | {"rank": Tolerance(atol=1)}


def test_on_model_replaces_the_grading_model() -> None:
    """Only the grading model is another; without a name nothing is."""
    assert MINI.on_model("gpt2-small").models == {"grading": "gpt2-small"}
    assert MINI.on_model(None) is MINI


@pytest.mark.parametrize(
    ("name", "count"), [("scores", 1), ("compute_induction_scores", 1), ("x", 0)]
)
def test_only_selects_by_id_or_function(name: str, count: int) -> None:
    """With a selection only its criteria and the probes they read are left."""
    found = MINI.only(name)
    assert (len(found.criteria), len(found.probes)) == (count, 2 * count)
    assert MINI.only(None) is MINI


def test_probes_and_functions_are_listed_once() -> None:
    """In the rubric's order, without repeats."""
    assert MINI.criteria[0].probes() == ("scores", "shape")
    assert MINI.functions == ("compute_induction_scores",)
