"""Contradictions between the sections of a rubric."""

import pytest

from grader.rubric.charts import BarsSpec, HeatmapSpec
from grader.rubric.consistency import find_problems
from grader.rubric.sections import FollowThrough
from tests.builders import MINI_RUBRIC, rubric

MINI = rubric()
MISTAKE = MINI.mistakes[0]
CRITERION = MINI.criteria[0]
HIDDEN = {name: probe.model_copy(update={"hidden": True}) for name, probe in MINI.probes.items()}


def contradictions(**changes: object) -> list[str]:
    """Return the contradictions in the mini rubric with some sections replaced."""
    return [what for _, what in find_problems(MINI.model_copy(update=changes))]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"source": None}, "give either source or replace_values"),
        ({"replace_values": {"scores": "1"}}, "give either source or replace_values"),
        ({"replace_values": {"scors": "1"}, "source": None}, "no probe is named 'scors'"),
        ({"function": "f"}, "no probe is about 'f'"),
        ({"fails": ("score",)}, "no criterion is named 'score'"),
        ({"may_fail": ("score",)}, "no criterion is named 'score'"),
    ],
)
def test_a_mistake_gives_one_answer_and_names_criteria(
    changes: dict[str, object], expected: str
) -> None:
    """A mistake is a function or other values, never both or neither; its criteria exist."""
    found = contradictions(mistakes=(MISTAKE.model_copy(update=changes),))
    assert expected in found


def test_a_mistake_of_the_key_may_name_removed_criteria() -> None:
    """Criteria are checked for the rubric's own mistakes only: an instructor may remove some."""
    mistake = MISTAKE.model_copy(update={"fails": ("score",)})
    assert contradictions(mistakes=(mistake,), attached_mistakes=(mistake.name,)) == []


def test_an_equivalent_variant_has_an_answer() -> None:
    """`grade rubric check` needs something to run."""
    variant = MINI.variants[0].model_copy(update={"equivalent": True})
    assert "an equivalent variant needs source or replace_values" in contradictions(
        variants=(variant,)
    )


@pytest.mark.parametrize(
    ("hidden", "expected"),
    [
        ({"small": "planted-4x3"}, "no model is named 'small'"),
        ({"grading": "planted-9..4x3@*"}, "is an empty range"),
        ({"grading": "planted-4x3@*/x"}, "is no pattern of a model's name"),
    ],
)
def test_hidden_models_have_a_public_one_of_the_same_name(
    hidden: dict[str, str], expected: str
) -> None:
    """Names of hidden models are names of models, and their patterns are valid."""
    assert any(expected in text for text in contradictions(hidden=hidden))


def test_hidden_probes_need_a_drawn_model_and_public_checks_beside_them() -> None:
    """A hidden probe runs on a drawn model; every criterion keeps a check for self-checks."""
    found = contradictions(probes=HIDDEN)
    assert "a hidden probe needs a model that is drawn (section hidden)" in found
    assert "all its checks are hidden: a self-check would show nothing" in found
    one = {**MINI.probes, "scores": HIDDEN["scores"]}
    assert contradictions(probes=one, hidden={"grading": "planted-4..6x3@*"}) == []


def test_without_hidden_probes_their_checks_are_left_out() -> None:
    """The public part has no hidden probe and no check of one; the hidden part has the others."""
    one = MINI.model_copy(update={"probes": {**MINI.probes, "scores": HIDDEN["scores"]}})
    public = one.without_hidden()
    assert set(public.probes) == {"shape"}
    assert [check.probes() for check in public.criteria[0].checks] == [("shape",)]
    assert set(one.only_hidden().probes) == {"scores"}


def test_side_effects_need_an_expression() -> None:
    """Reading a variable has no side effects."""
    probe = MINI.probes["scores"].model_copy(update={"side_effects": True, "expression": None})
    assert "side_effects needs an expression" in contradictions(probes={**MINI.probes, "x": probe})


def test_a_criterion_follows_from_earlier_ones() -> None:
    """A criterion never follows from itself or a later one."""
    plan = FollowThrough(requires=("scores",), checks=CRITERION.checks)
    following = CRITERION.model_copy(update={"follow_through": plan})
    assert contradictions(criteria=(following,)) == ["no earlier criterion is 'scores'"]


def test_the_notebook_as_a_whole_is_no_function() -> None:
    """The entry `notebook` of `functions` is reserved."""
    probe = MINI.probes["scores"].model_copy(update={"function": "notebook"})
    found = contradictions(probes={**MINI.probes, "x": probe})
    assert any("no probe may test such a function" in text for text in found)


def test_checks_of_mistakes_are_checked() -> None:
    """A tolerance class that does not exist is found in the checks of a mistake too."""
    when = "    when: [{close: scores, tolerance: loose}]\n    message: You index"
    with pytest.raises(
        Exception, match=r"mistakes\.transposed\.when\[0\]\.tolerance: no tolerance class"
    ):
        rubric(MINI_RUBRIC.replace("    message: You index", when))


def test_pictures_show_public_probes() -> None:
    """Pictures show probes that exist and are not hidden; explanations are of tested functions."""
    plan = HeatmapSpec(kind="heatmap", title="t", probe="scores")
    showing = CRITERION.model_copy(update={"pictures": (plan,)})
    assert not any("picture" in text for text in contradictions(criteria=(showing,)))
    hidden = {"criteria": (showing,), "probes": HIDDEN}
    assert any("a picture would show its answer" in text for text in contradictions(**hidden))
    for probe, expected in (
        ("scors", "no probe is named 'scors'"),
        (None, "either values or a probe"),
    ):
        odd = BarsSpec(kind="bars", title="t", probe=probe)
        criterion = CRITERION.model_copy(update={"pictures": (odd,)})
        assert any(expected in text for text in contradictions(criteria=(criterion,)))
    assert any("about 'g'" in text for text in contradictions(explanations={"g": "Text."}))
