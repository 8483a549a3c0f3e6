"""What contradicts itself between the parts of a rubric, of the parts that prove it."""

import pytest

from grader.rubric.charts import BarsPlan, HeatmapPlan
from grader.rubric.consistency import contradictions
from grader.rubric.model import Rubric
from tests.builders import MINI_RUBRIC, rubric

MINI = rubric()
MISTAKE = MINI.mistakes[0]
CRITERION = MINI.criteria[0]
HIDDEN = {name: probe.model_copy(update={"hidden": True}) for name, probe in MINI.probes.items()}


def contradicting(**changes: object) -> list[str]:
    """What contradicts itself in the mini rubric with another part in one's place."""
    return [what for _, what in contradictions(MINI.model_copy(update=changes))]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"source": None}, "give either a source or what stands instead of some probes"),
        ({"instead": {"scores": "1"}}, "give either a source or what stands instead"),
        ({"instead": {"scors": "1"}, "source": None}, "no probe is named 'scors'"),
        ({"loses": ("score",)}, "no criterion is named 'score'"),
        ({"may_lose": ("score",)}, "no criterion is named 'score'"),
    ],
)
def test_a_mistake_says_one_answer_and_what_it_loses(changes: dict[str, object], what: str) -> None:
    """A function or other results, never both or neither; criteria that exist."""
    said = contradicting(mistakes=(MISTAKE.model_copy(update=changes),))
    assert any(what in line for line in said)


def test_a_variant_that_is_alike_has_an_answer() -> None:
    """The proof needs something to run."""
    variant = MINI.variants[0].model_copy(update={"alike": True})
    assert any("an alike variant needs" in line for line in contradicting(variants=(variant,)))


@pytest.mark.parametrize(
    ("hidden", "what"),
    [
        ({"small": "planted-4x3"}, "no model is named 'small'"),
        ({"grading": "planted-9..4x3@*"}, "is an empty range"),
        ({"grading": "planted-4x3@*/x"}, "is no pattern of a model's name"),
    ],
)
def test_hidden_models_are_drawn_for_models_there_are(hidden: dict[str, str], what: str) -> None:
    """Their names are the models' own, their patterns can be drawn from."""
    assert any(what in line for line in contradicting(hidden=hidden))


def test_hidden_probes_need_a_drawn_model_and_open_checks_beside_them() -> None:
    """Without a drawn model nothing is hidden; without an open check a self-check shows nothing."""
    said = contradicting(probes=HIDDEN)
    assert "a hidden probe needs a model that is drawn" in said
    assert "all its checks are hidden: a self-check shows nothing" in said
    one = {**MINI.probes, "scores": HIDDEN["scores"]}
    assert contradicting(probes=one, hidden={"grading": "planted-4..6x3@*"}) == []


def test_without_hidden_probes_their_checks_go_too() -> None:
    """A self-check is judged by what may be asked in the open; a hidden key by the rest."""
    one = MINI.model_copy(update={"probes": {**MINI.probes, "scores": HIDDEN["scores"]}})
    public = one.without_hidden()
    assert set(public.probes) == {"shape"}
    assert [check.probes() for check in public.criteria[0].checks] == [("shape",)]
    assert set(one.only_hidden().probes) == {"scores"}


def test_side_effects_need_an_expression() -> None:
    """A variable that is only looked at leaves nothing behind."""
    probe = MINI.probes["scores"].model_copy(update={"side_effects": True, "expression": None})
    assert "only an expression has side effects" in contradicting(
        probes={**MINI.probes, "x": probe}
    )


def test_a_criterion_follows_from_earlier_ones() -> None:
    """Never from itself or a later one."""
    check = CRITERION.checks[0].model_dump()
    plan = {"requires": ["scores"], "checks": [check]}
    data = MINI.model_dump() | {"criteria": [CRITERION.model_dump() | {"follow_through": plan}]}
    said = [what for _, what in contradictions(Rubric.model_validate(data))]
    assert said == ["'scores' is no criterion before this"]


def test_checks_are_looked_at_wherever_they_stand() -> None:
    """A tolerance class that does not exist is found in a mistake's marks too."""
    marks = "    when: [{kind: close, probe: scores, tolerance: loose}]\n    says: You index"
    with pytest.raises(Exception, match=r"mistakes\[0\].when\[0\].tolerance: no tolerance class"):
        rubric(MINI_RUBRIC.replace("    says: You index", marks))


def test_pictures_show_what_is_asked_of_everyone() -> None:
    """A probe that is there and not hidden; explanations are of what is asked about."""
    plan = HeatmapPlan(kind="heatmap", title="t", probe="scores")
    showing = CRITERION.model_copy(update={"pictures": (plan,)})
    assert not any("picture" in line for line in contradicting(criteria=(showing,)))
    hidden = {"criteria": (showing,), "probes": HIDDEN}
    assert any("a picture would show its answer" in line for line in contradicting(**hidden))
    for probe, what in (("scors", "no probe is named 'scors'"), (None, "either values or a probe")):
        odd = BarsPlan(kind="bars", title="t", probe=probe)
        criterion = CRITERION.model_copy(update={"pictures": (odd,)})
        assert any(what in line for line in contradicting(criteria=(criterion,)))
    assert any("about 'g'" in line for line in contradicting(explanations={"g": "Text."}))
