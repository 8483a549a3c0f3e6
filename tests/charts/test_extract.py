"""From observations and a key to pictures."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from grader.charts import Bars, Heatmap, Pattern, Picture, Tokens, pictures_of
from grader.protocol.values import Failure, Group, Observation, Table, Text, Value
from grader.rubric.charts import BarsPlan, HeatmapPlan, Illustration, PatternPlan, TokensPlan
from grader.rubric.model import Rubric
from tests.builders import answer_key, array, number, parts, rubric, verdict

SCORES = [[0.1, 0.2], [0.3, 0.9]]


def rubric_showing(plan: Illustration, **changes: Any) -> Rubric:
    """The mini rubric with one picture."""
    found = rubric()
    criterion = found.criteria[0].model_copy(update={"pictures": (plan,), **changes})
    return found.model_copy(update={"criteria": (criterion,)})


def shown(
    plan: Illustration,
    observations: Mapping[str, Observation],
    expected: Mapping[str, Value] | None = None,
) -> tuple[Picture, ...]:
    """The pictures of one submission."""
    key = answer_key(expected or {})
    return pictures_of(rubric_showing(plan), key, observations, (verdict(),))


HEATMAP = HeatmapPlan(kind="heatmap", title="Scores", probe="scores", axes=("layer", "head"))


def test_a_matrix_stands_beside_the_expected_one() -> None:
    """Both with four digits, and the criterion they belong to."""
    (picture,) = shown(HEATMAP, {"scores": array(SCORES)}, {"scores": array([[1 / 3, 0], [0, 1]])})
    assert picture == Heatmap(
        criterion="scores",
        title="Scores",
        axes=("layer", "head"),
        answer=((0.1, 0.2), (0.3, 0.9)),
        expected=((0.3333, 0.0), (0.0, 1.0)),
    )
    assert picture.alike


def test_what_is_no_number_has_no_colour() -> None:
    """NaN and infinities are entries without a number."""
    (picture,) = shown(HEATMAP, {"scores": array([[np.nan, np.inf], [0, 1]])})
    assert isinstance(picture, Heatmap)
    assert picture.answer == ((None, None), (0.0, 1.0))
    assert picture.expected is None


@pytest.mark.parametrize(
    "answer",
    [
        Failure(kind="raised", ename="ValueError"),
        Text(text="no matrix"),
        number(3.0),
        array([1.0, 2.0]),
        array(np.zeros((65, 2))),
        array(np.zeros((2, 300))),
        array(np.zeros((2, 0))),
    ],
)
def test_what_is_no_matrix_is_not_shown(answer: Observation) -> None:
    """No answer, no picture; and none that nobody could read."""
    assert shown(HEATMAP, {"scores": answer}) == ()
    assert shown(HEATMAP, {}) == ()


def test_of_several_matrices_the_first_is_shown() -> None:
    """Logits of two sequences are shown of one; a figure by what it draws first."""
    stack = array([[[1, 2]], [[3, 4]]])
    figure = Group(kind="figure", items=(array([[1, 2]]), array([[3, 4]])))
    for answer in (stack, figure):
        (picture,) = shown(HEATMAP, {"scores": answer})
        assert isinstance(picture, Heatmap)
        assert picture.answer == ((1.0, 2.0),)


def test_heads_that_were_named_are_marked() -> None:
    """Pairs or triples with a score; whatever else marks nothing."""
    plan = HEATMAP.model_copy(update={"marked": "shape"})
    triples = Group(kind="list", items=(parts(number(1), number(0), number(0.9)),))
    for heads, marked in ((triples, ((1, 0),)), (array([[1, 1]]), ((1, 1),)), (number(1), ())):
        (picture,) = shown(plan, {"scores": array(SCORES), "shape": heads})
        assert isinstance(picture, Heatmap)
        assert picture.marked == marked


def test_a_recognised_variant_is_compared_with_itself() -> None:
    """Whoever answers as an accepted variant sees what that one answers."""
    answers = {"as_printed": {"scores": array([[2.0]])}}
    key = answer_key({"scores": array([[1.0]])}, variants=answers)
    found = pictures_of(
        rubric_showing(HEATMAP), key, {"scores": array([[2.0]])}, (verdict(variant="as_printed"),)
    )
    assert [p.expected for p in found if isinstance(p, Heatmap)] == [((2.0,),)]


def test_nothing_hidden_is_shown() -> None:
    """No picture of a hidden probe, none of a hidden criterion, none of what was not judged."""
    answers = {"scores": array(SCORES)}
    secret = rubric_showing(HEATMAP)
    probe = secret.probes["scores"].model_copy(update={"hidden": True})
    secret = secret.model_copy(update={"probes": {**secret.probes, "scores": probe}})
    assert pictures_of(secret, answer_key({}), answers, (verdict(),)) == ()
    discreet = rubric_showing(HEATMAP, visibility="hidden")
    assert pictures_of(discreet, answer_key({}), answers, (verdict(),)) == ()
    assert pictures_of(rubric_showing(HEATMAP), answer_key({}), answers, ()) == ()


def test_a_pattern_has_its_targets_and_its_heads_names() -> None:
    """From the second half to the token after the earlier copy: Olsson et al.'s prefix matching."""
    plan = PatternPlan(kind="pattern", title="P", probe="scores", stripe="induction", head="shape")
    answers = {"scores": array(np.eye(6)), "shape": array([[4, 9], [1, 2]])}
    expected = {"scores": array(np.eye(6)), "shape": array([[6, 1]])}
    (picture,) = shown(plan, answers, expected)
    assert isinstance(picture, Pattern)
    assert picture.target == ((3, 1), (4, 2), (5, 3))
    assert (picture.name, picture.expected_name) == ("L4H9", "L6H1")
    assert shown(plan, {"scores": array(SCORES[:1])}) == ()
    back = plan.model_copy(update={"stripe": "previous_token", "head": None})
    (picture,) = shown(back, {"scores": array(np.eye(3))})
    assert isinstance(picture, Pattern)
    assert (picture.target, picture.name) == (((1, 0), (2, 1)), "the head")


def test_bars_have_the_labels_of_the_rubric_or_of_the_answer() -> None:
    """A probe a bar, one probe's numbers, or a dict's: always beside the expected ones."""
    several = BarsPlan(kind="bars", title="B", values={"before": "scores", "after": "shape"})
    (picture,) = shown(several, {"scores": number(1), "shape": number(2)}, {"scores": number(3)})
    assert isinstance(picture, Bars)
    assert (picture.labels, picture.answer) == (("before", "after"), (1.0, 2.0))
    assert picture.expected == (3.0, None)
    pairs = BarsPlan(kind="bars", title="B", probe="scores", labels=("a", "b"), part=0)
    (picture,) = shown(pairs, {"scores": array([[1, 0.5], [2, 0.25]])})
    assert isinstance(picture, Bars)
    assert (picture.labels, picture.answer, picture.expected) == (("a", "b"), (1.0, 2.0), None)
    entries: dict[str, Value] = {"one": parts(number(1), number(5)), "two": Text(text="x")}
    (picture,) = shown(pairs, {"scores": Table(entries=entries)})
    assert isinstance(picture, Bars)
    assert (picture.labels, picture.answer) == (("one", "two"), (1.0, None))
    unlabelled = BarsPlan(kind="bars", title="B", probe="scores")
    (picture,) = shown(unlabelled, {"scores": array([7, 8, 9])})
    assert isinstance(picture, Bars)
    assert picture.labels == ("0", "1", "2")
    assert shown(unlabelled, {"scores": array(np.zeros(25))}) == ()


def test_expected_bars_of_other_labels_are_left_out() -> None:
    """A group of one's own has no expected number beside it."""
    plan = BarsPlan(kind="bars", title="B", probe="scores")
    ours, theirs = Table(entries={"mine": number(1)}), Table(entries={"yours": number(1)})
    (picture,) = shown(plan, {"scores": ours}, {"scores": theirs})
    assert isinstance(picture, Bars)
    assert picture.expected is None


def test_tokens_are_whole_numbers_of_one_sequence() -> None:
    """The first row; of what is no number nothing."""
    plan = TokensPlan(kind="tokens", title="T", probe="scores")
    (picture,) = shown(plan, {"scores": array([[1, 2, 1, 2], [3, 4, 3, 4]])})
    assert isinstance(picture, Tokens)
    assert picture.answer == (1, 2, 1, 2)
    for odd in (array([np.nan]), array([1e300]), Text(text="x"), array(np.zeros((1, 1, 1)))):
        assert shown(plan, {"scores": odd}) == ()
