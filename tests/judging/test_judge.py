"""Judging observations: no points without an observed value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.protocol.values import Failure, FailureKind, Observation, TextValue
from grader.report.model import Outcome
from tests.builders import MINI_RUBRIC, answer_key, array, number, table, verdict_on

RIGHT = array([[0.9, 0.1], [0.2, 0.3]])
PRINTED = array([[0.8, 0.1], [0.2, 0.3]])
WRONG = array([[0.5, 0.5], [0.5, 0.5]])
TRANSPOSED = array([[0.9, 0.2], [0.1, 0.3]])
KEY = answer_key(
    {"scores": RIGHT, "shape": RIGHT},
    variants={"as_printed": {"scores": PRINTED, "shape": PRINTED}},
    mistakes={"transposed": {"scores": TRANSPOSED, "shape": RIGHT}},
)
HIDDEN = MINI_RUBRIC.replace("points: 10", "points: 10\n        visibility: hidden")
VALUES = [
    RIGHT,
    PRINTED,
    WRONG,
    TRANSPOSED,
    number(float("nan")),
    TextValue(text="0.9"),
    table(a=RIGHT),
]
kinds = st.sampled_from(
    ["missing", "not_attempted", "raised", "timed_out", "unreadable", "kernel_died"]
)
observations = st.sampled_from(VALUES) | st.builds(lambda kind: Failure(kind=kind), kinds)


def answered(scores: Observation, shape: Observation | None = None) -> dict[str, Observation]:
    """Return a student's answers to the two probes."""
    return {"scores": scores, "shape": scores if shape is None else shape}


def test_the_references_answer_passes() -> None:
    """The reference's answer earns all points without a hint; the code's seconds are recorded."""
    found = verdict_on(answered(RIGHT), KEY)
    assert (found.outcome, found.points, found.hint) == ("passed", 10, "")
    assert found.seconds == 0.5


def test_the_reference_is_named_where_there_are_variants() -> None:
    """A right answer names the accepted variant that it matches."""
    assert verdict_on(answered(RIGHT), KEY).variant == "corrected"


def test_a_variant_is_accepted_and_named() -> None:
    """Another accepted variant earns full marks and shows its note."""
    found = verdict_on(answered(PRINTED), KEY)
    assert (found.outcome, found.points) == ("passed", 10)
    assert (found.variant, found.feedback) == ("as_printed", "As good.")


def test_a_variant_that_cannot_be_told_apart_is_not_named() -> None:
    """If every variant passes, none of them is named."""
    same = answer_key({"scores": RIGHT, "shape": RIGHT}, variants={"as_printed": {"scores": RIGHT}})
    assert verdict_on(answered(RIGHT), same).variant is None


def test_a_known_mistake_is_named_with_its_credit() -> None:
    """A mistake's message comes first; its hint and credit replace the criterion's."""
    key = answer_key(
        {"scores": RIGHT, "shape": array([0.0])},
        mistakes={"transposed": {"scores": TRANSPOSED, "shape": TRANSPOSED}},
    )
    found = verdict_on(answered(TRANSPOSED), key)
    assert (found.misconception, found.outcome, found.points) == ("transposed", "partial", 2.5)
    assert found.feedback.startswith("You index [key, query]. L0H1: you 0.2, expected")
    assert found.hint == "The query looks first."


def test_a_mistakes_credit_never_lowers_what_was_earned() -> None:
    """The better of the passed checks and the mistake's credit counts."""
    low = MINI_RUBRIC.replace("credit: 0.25", "credit: 0.1")
    found = verdict_on(answered(TRANSPOSED, RIGHT), KEY, low)
    assert (found.misconception, found.points) == ("transposed", 2.5)


def test_a_mistake_is_named_only_where_it_is_one() -> None:
    """An answer that equals only the correct part of a mistake is not that mistake."""
    assert verdict_on(answered(WRONG, RIGHT), KEY).misconception is None
    harmless = answer_key(
        {"scores": RIGHT, "shape": number(1)}, mistakes={"transposed": {"scores": RIGHT}}
    )
    assert verdict_on(answered(RIGHT), harmless).misconception is None


def test_some_checks_of_several_are_partial() -> None:
    """Points are shared by the checks' weights; each failed check gives its reason, in order."""
    found = verdict_on(answered(WRONG), KEY)
    assert (found.outcome, found.points, found.hint) == ("partial", 2.5, "Mind the target.")
    assert found.feedback.startswith(
        "L0H0: you 0.5, expected about 0.9: the largest difference (0.4;"
    )


def test_nothing_is_earned_without_an_observation() -> None:
    """A missing observation earns nothing, even if every observed value is right."""
    found = verdict_on({}, KEY)
    assert (found.outcome, found.points) == ("not_attempted", 0)
    assert verdict_on({"scores": RIGHT}, KEY).points == 7.5


def test_a_value_of_the_wrong_type_fails() -> None:
    """A value of the wrong type fails without an error."""
    found = verdict_on(answered(TextValue(text="0.9")), KEY)
    assert (found.outcome, found.points) == ("failed", 0)
    assert found.feedback.startswith("This should be numbers; your code gave a string.")


@pytest.mark.parametrize(
    ("kind", "message", "outcome"),
    [
        ("missing", "", "not_attempted"),
        ("not_attempted", "", "not_attempted"),
        ("raised", "", "errored"),
        ("timed_out", "60 s", "errored"),
        ("timed_out", "notebook", "blocked"),
        ("timed_out", "restarts", "blocked"),
        ("kernel_died", "", "errored"),
        ("unreadable", "", "failed"),
    ],
)
def test_each_failure_has_its_outcome(kind: FailureKind, message: str, outcome: Outcome) -> None:
    """Every failure earns zero points; its outcome tells whose fault it was."""
    found = verdict_on(answered(Failure(kind=kind, ename="E", message=message)), KEY)
    assert (found.outcome, found.points) == (outcome, 0)
    assert found.feedback


def test_a_failure_costs_only_its_own_check() -> None:
    """A probe that killed the kernel leaves the other probe's points."""
    found = verdict_on(answered(Failure(kind="kernel_died"), RIGHT), KEY)
    assert (found.outcome, found.points) == ("partial", 2.5)


def test_a_key_without_a_value_blocks() -> None:
    """A value without a reference is blocked, not failed; failures are still reported."""
    empty = answer_key({})
    found = verdict_on(answered(RIGHT), empty)
    assert (found.outcome, found.points) == ("blocked", 0)
    assert found.feedback == "There is no reference value to compare with."
    assert verdict_on(answered(Failure(kind="raised")), empty).outcome == "errored"


@pytest.mark.parametrize("scores", [RIGHT, PRINTED, WRONG, TRANSPOSED, Failure(kind="raised")])
def test_hidden_criteria_reveal_nothing(scores: Observation) -> None:
    """A hidden criterion shows its outcome, its points and one constant sentence."""
    found = verdict_on(answered(scores), KEY, HIDDEN)
    assert (found.hint, found.misconception, found.variant) == ("", None, None)
    words = "It did not hold on a model or input you have not seen."
    assert found.feedback == ("" if found.outcome == "passed" else words)
    assert found.points == verdict_on(answered(scores), KEY).points


@pytest.mark.parametrize("points", [10 / 3, 0.66663333, 0.66667777])
def test_rounding_changes_no_full_score(points: float) -> None:
    """Rounding neither takes points from a right answer nor adds any."""
    text = MINI_RUBRIC.replace("points: 10", f"points: {points}").replace(
        "total: 10", f"total: {points}"
    )
    assert verdict_on(answered(RIGHT), KEY, text).points == points
    assert verdict_on(answered(WRONG), KEY, text).points == round(points / 4, 4)


@given(observations, observations)
def test_points_lie_between_zero_and_all(scores: Observation, shape: Observation) -> None:
    """Points lie between zero and the maximum, which only a passed criterion earns."""
    found = verdict_on(answered(scores, shape), KEY)
    assert 0 <= found.points <= found.max_points
    assert (found.points == found.max_points) == (found.outcome == "passed")
    assert (found.points > 0) == (found.outcome in {"passed", "partial"})


@given(observations, observations, st.floats(0, 1), st.floats(0, 1))
def test_a_wider_tolerance_never_lowers_points(
    scores: Observation, shape: Observation, atol: float, more: float
) -> None:
    """Widening a tolerance class that a check uses never lowers points."""

    def points(width: float) -> float:
        text = MINI_RUBRIC + f"tolerances: {{same_device: {{atol: {width}}}}}\n"
        return verdict_on(answered(scores, shape), KEY, text).points

    assert points(atol + more) >= points(atol)


def test_a_wider_tolerance_never_takes_a_mistakes_credit() -> None:
    """Widening a tolerance never costs an answer the credit of a known mistake."""
    right = {"scores": array([0.0]), "shape": array([0.0])}
    key = answer_key(right, mistakes={"transposed": right | {"scores": array([1.0])}})
    text = MINI_RUBRIC.replace("credit: 0.25", "credit: 0.5") + "tolerances: {same_device: {atol: "
    seen = answered(array([1.5]), array([0.0]))
    narrow, wide = (verdict_on(seen, key, f"{text}{atol}}}}}\n").points for atol in (0.9, 1.2))
    assert wide >= narrow
