"""Errors carried forward: a mistake is penalised once, and the report says so."""

import pytest

from grader.judging.judge import CONSISTENT_FEEDBACK, Judge, carried_forward_notes
from grader.protocol.values import Failure, Observation
from grader.report.model import Verdict
from grader.rubric.model import Rubric
from tests.builders import MINI_RUBRIC, answer_key, array, rubric, verdict

RIGHT, WRONG = array([0.9, 0.1]), array([0.5, 0.2])
LIST, OWN = array([0.0]), array([1.0])
TEXT = (
    MINI_RUBRIC.replace("total: 10", "total: 16").replace(
        "variants:",
        """\
  best: {function: best_head}
  best_again: {function: best_head, expression: compute_induction_scores(model).argmax()}
variants:""",
    )
    + """\
  best_head:
    criteria:
      best:
        title: The best head
        points: 6
        checks: [{close: best}]
        follow_through:
          requires: [scores]
          checks: [{metamorphic: best, equals_probe: best_again, message: Name your own best.}]
          credit: 0.5
recordings:
  scores_played_back:
    function: compute_induction_scores
    parameters: {model: null}
    inputs: {}
    expression: compute_induction_scores(model)
"""
)
KEY = answer_key({"scores": RIGHT, "shape": RIGHT, "best": LIST, "best_again": LIST})


def verdicts(
    scores: Observation, best: Observation, again: Observation, text: str = TEXT
) -> tuple[Verdict, ...]:
    """Return the verdicts on the scores and on the best head."""
    judge = Judge(
        rubric=rubric(text),
        key=KEY,
        observations={"scores": scores, "shape": scores, "best": best, "best_again": again},
        seconds={},
        defined_names=frozenset(),
    )
    return judge.verdicts()


def test_what_follows_from_a_charged_mistake_counts() -> None:
    """The best head of wrong scores earns credit; the mistake is charged on the scores."""
    scores, best = verdicts(WRONG, OWN, OWN)
    assert (scores.outcome, best.outcome, best.points) == ("partial", "partial", 3)
    assert best.followed
    assert best.feedback == CONSISTENT_FEEDBACK


def test_what_does_not_follow_does_not_count() -> None:
    """A head that is not the best of the wrong scores either earns nothing."""
    _, best = verdicts(WRONG, OWN, LIST)
    assert (best.outcome, best.points, best.followed) == ("failed", 0, False)


def test_nothing_is_excused_where_nothing_was_lost() -> None:
    """A wrong head after right scores is a mistake of its own."""
    scores, best = verdicts(RIGHT, OWN, OWN)
    assert (scores.outcome, best.points) == ("passed", 0)


@pytest.mark.parametrize("kind", ["missing", "not_attempted", "kernel_died"])
def test_nothing_is_excused_by_what_was_not_done(kind: str) -> None:
    """Missing scores excuse no later answer."""
    absent = Failure(kind="missing") if kind == "missing" else Failure(kind="kernel_died")
    _, best = verdicts(absent, OWN, OWN)
    assert best.points == 0


def test_a_right_answer_needs_no_excuse() -> None:
    """A right answer keeps full points, whatever went before."""
    _, best = verdicts(WRONG, LIST, LIST)
    assert (best.points, best.followed) == (6, False)


def test_the_report_says_what_was_judged_apart() -> None:
    """Notes name the replaced functions and the criteria that were credited."""
    lab: Rubric = rubric(TEXT)
    lost = verdict(outcome="failed", points=0.0)
    followed = verdict(id="best", title="The best head", function="best_head", followed=True)
    assert carried_forward_notes(lab, [lost, followed]) == (
        "compute_induction_scores lost points; functions that call it were judged with a correct "
        "one.",
        "Counted, because it is consistent with your earlier answers: The best head.",
    )
    assert carried_forward_notes(lab, [verdict()]) == ()


def test_selecting_a_criterion_selects_what_it_follows_from() -> None:
    """A criterion graded alone earns what it earns in the whole rubric."""
    alone = rubric(TEXT).select("best")
    assert [criterion.id for criterion in alone.criteria] == ["scores", "best"]
    assert {"best", "best_again", "scores", "shape"} <= alone.probes.keys()
