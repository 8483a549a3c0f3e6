"""Extraction of chart data from observations and an answer key."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from grader.charts import AttentionPattern, Bars, Chart, Heatmap, Tokens, extract_charts
from grader.protocol.values import DictValue, Failure, Observation, SequenceValue, TextValue, Value
from grader.rubric.charts import BarsSpec, ChartSpec, HeatmapSpec, PatternSpec, TokensSpec
from grader.rubric.model import Rubric
from tests.builders import answer_key, array, number, parts, rubric, verdict

SCORES = [[0.1, 0.2], [0.3, 0.9]]


def rubric_showing(plan: ChartSpec, **changes: Any) -> Rubric:
    """Return the mini rubric with one chart."""
    found = rubric()
    criterion = found.criteria[0].model_copy(update={"pictures": (plan,), **changes})
    return found.model_copy(update={"criteria": (criterion,)})


def shown(
    plan: ChartSpec,
    observations: Mapping[str, Observation],
    expected: Mapping[str, Value] | None = None,
) -> tuple[Chart, ...]:
    """Return the charts of one submission."""
    key = answer_key(expected or {})
    return extract_charts(rubric_showing(plan), key, observations, (verdict(),))


HEATMAP = HeatmapSpec(kind="heatmap", title="Scores", probe="scores", axes=("layer", "head"))


def test_a_matrix_stands_beside_the_expected_one() -> None:
    """Both matrices have four significant digits, and the chart names its criterion."""
    (chart,) = shown(HEATMAP, {"scores": array(SCORES)}, {"scores": array([[1 / 3, 0], [0, 1]])})
    assert chart == Heatmap(
        criterion="scores",
        title="Scores",
        axes=("layer", "head"),
        answer=((0.1, 0.2), (0.3, 0.9)),
        expected=((0.3333, 0.0), (0.0, 1.0)),
    )
    assert chart.same_shape


def test_values_that_are_not_finite_become_none() -> None:
    """NaN and infinities become None."""
    (chart,) = shown(HEATMAP, {"scores": array([[np.nan, np.inf], [0, 1]])})
    assert isinstance(chart, Heatmap)
    assert chart.answer == ((None, None), (0.0, 1.0))
    assert chart.expected is None


@pytest.mark.parametrize(
    "answer",
    [
        Failure(kind="raised", ename="ValueError"),
        TextValue(text="no matrix"),
        number(3.0),
        array([1.0, 2.0]),
        array(np.zeros((65, 2))),
        array(np.zeros((2, 300))),
        array(np.zeros((2, 0))),
    ],
)
def test_other_values_than_matrices_are_not_shown(answer: Observation) -> None:
    """Failures, values that are not matrices and matrices that are too large give no chart."""
    assert shown(HEATMAP, {"scores": answer}) == ()
    assert shown(HEATMAP, {}) == ()


def test_of_several_matrices_the_first_is_shown() -> None:
    """A stack of matrices shows its first one, and so does a figure."""
    stack = array([[[1, 2]], [[3, 4]]])
    figure = SequenceValue(kind="figure", items=(array([[1, 2]]), array([[3, 4]])))
    for answer in (stack, figure):
        (chart,) = shown(HEATMAP, {"scores": answer})
        assert isinstance(chart, Heatmap)
        assert chart.answer == ((1.0, 2.0),)


def test_heads_that_were_named_are_marked() -> None:
    """Pairs, and triples with a score, are marked; other values mark nothing."""
    plan = HEATMAP.model_copy(update={"marked": "shape"})
    triples = SequenceValue(kind="list", items=(parts(number(1), number(0), number(0.9)),))
    for heads, marked in ((triples, ((1, 0),)), (array([[1, 1]]), ((1, 1),)), (number(1), ())):
        (chart,) = shown(plan, {"scores": array(SCORES), "shape": heads})
        assert isinstance(chart, Heatmap)
        assert chart.marked == marked


def test_a_variant_is_shown_beside_its_own_values() -> None:
    """An answer that matches an accepted variant is shown beside that variant's values."""
    answers = {"as_printed": {"scores": array([[2.0]])}}
    key = answer_key({"scores": array([[1.0]])}, variants=answers)
    found = extract_charts(
        rubric_showing(HEATMAP), key, {"scores": array([[2.0]])}, (verdict(variant="as_printed"),)
    )
    assert [p.expected for p in found if isinstance(p, Heatmap)] == [((2.0,),)]


def test_nothing_hidden_is_shown() -> None:
    """Hidden probes, hidden criteria and criteria without a verdict have no charts."""
    answers = {"scores": array(SCORES)}
    secret = rubric_showing(HEATMAP)
    probe = secret.probes["scores"].model_copy(update={"hidden": True})
    secret = secret.model_copy(update={"probes": {**secret.probes, "scores": probe}})
    assert extract_charts(secret, answer_key({}), answers, (verdict(),)) == ()
    discreet = rubric_showing(HEATMAP, visibility="hidden")
    assert extract_charts(discreet, answer_key({}), answers, (verdict(),)) == ()
    assert extract_charts(rubric_showing(HEATMAP), answer_key({}), answers, ()) == ()


def test_a_pattern_has_its_targets_and_its_heads_names() -> None:
    """Targets run from the second half to the token after the earlier copy (prefix matching)."""
    plan = PatternSpec(kind="pattern", title="P", probe="scores", stripe="induction", head="shape")
    answers = {"scores": array(np.eye(6)), "shape": array([[4, 9], [1, 2]])}
    expected = {"scores": array(np.eye(6)), "shape": array([[6, 1]])}
    (chart,) = shown(plan, answers, expected)
    assert isinstance(chart, AttentionPattern)
    assert chart.target == ((3, 1), (4, 2), (5, 3))
    assert (chart.name, chart.expected_name) == ("L4H9", "L6H1")
    assert shown(plan, {"scores": array(SCORES[:1])}) == ()
    back = plan.model_copy(update={"stripe": "previous_token", "head": None})
    (chart,) = shown(back, {"scores": array(np.eye(3))})
    assert isinstance(chart, AttentionPattern)
    assert (chart.target, chart.name) == (((1, 0), (2, 1)), "the head")


def test_bars_have_the_labels_of_the_rubric_or_of_the_answer() -> None:
    """Bars come from several probes, from one array or from a dict."""
    several = BarsSpec(kind="bars", title="B", values={"before": "scores", "after": "shape"})
    (chart,) = shown(several, {"scores": number(1), "shape": number(2)}, {"scores": number(3)})
    assert isinstance(chart, Bars)
    assert (chart.labels, chart.answer) == (("before", "after"), (1.0, 2.0))
    assert chart.expected == (3.0, None)
    pairs = BarsSpec(kind="bars", title="B", probe="scores", labels=("a", "b"), part=0)
    (chart,) = shown(pairs, {"scores": array([[1, 0.5], [2, 0.25]])})
    assert isinstance(chart, Bars)
    assert (chart.labels, chart.answer, chart.expected) == (("a", "b"), (1.0, 2.0), None)
    entries: dict[str, Value] = {"one": parts(number(1), number(5)), "two": TextValue(text="x")}
    (chart,) = shown(pairs, {"scores": DictValue(entries=entries)})
    assert isinstance(chart, Bars)
    assert (chart.labels, chart.answer) == (("one", "two"), (1.0, None))
    unlabelled = BarsSpec(kind="bars", title="B", probe="scores")
    (chart,) = shown(unlabelled, {"scores": array([7, 8, 9])})
    assert isinstance(chart, Bars)
    assert chart.labels == ("0", "1", "2")
    assert shown(unlabelled, {"scores": array(np.zeros(25))}) == ()


def test_expected_bars_of_other_labels_are_left_out() -> None:
    """Expected numbers with other labels than the answer's are left out."""
    plan = BarsSpec(kind="bars", title="B", probe="scores")
    ours, theirs = DictValue(entries={"mine": number(1)}), DictValue(entries={"yours": number(1)})
    (chart,) = shown(plan, {"scores": ours}, {"scores": theirs})
    assert isinstance(chart, Bars)
    assert chart.expected is None


def test_tokens_are_whole_numbers_of_one_sequence() -> None:
    """Tokens are the first row of whole numbers; other values give no chart."""
    plan = TokensSpec(kind="tokens", title="T", probe="scores")
    (chart,) = shown(plan, {"scores": array([[1, 2, 1, 2], [3, 4, 3, 4]])})
    assert isinstance(chart, Tokens)
    assert chart.answer == (1, 2, 1, 2)
    for odd in (array([np.nan]), array([1e300]), TextValue(text="x"), array(np.zeros((1, 1, 1)))):
        assert shown(plan, {"scores": odd}) == ()
