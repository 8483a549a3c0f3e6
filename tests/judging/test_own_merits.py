"""One mistake is charged once: what follows from it still counts, and the report says so."""

import pytest

from grader.judging.judge import FOLLOWED, Judge, own_merits
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
  - id: best
    title: The best head
    function: best_head
    points: 6
    checks: [{kind: close, probe: best}]
    follow_through:
      requires: [scores]
      checks: [{kind: relation, probe: best, of: best_again, says: It should be your own best.}]
      credit: 0.5
recordings:
  scores_played_back:
    replaces: compute_induction_scores
    parameters: {model: null}
    grid: {}
    expression: compute_induction_scores(model)
"""
)
KEY = answer_key({"scores": RIGHT, "shape": RIGHT, "best": LIST, "best_again": LIST})


def verdicts(
    scores: Observation, best: Observation, again: Observation, text: str = TEXT
) -> tuple[Verdict, ...]:
    """The verdicts on scores and on the best head."""
    judge = Judge(
        rubric=rubric(text),
        key=KEY,
        observations={"scores": scores, "shape": scores, "best": best, "best_again": again},
        seconds={},
        names=frozenset(),
    )
    return judge.verdicts()


def test_what_follows_from_a_charged_mistake_counts() -> None:
    """Wrong scores, and the best head of those: charged where the scores are."""
    scores, best = verdicts(WRONG, OWN, OWN)
    assert (scores.outcome, best.outcome, best.points) == ("partial", "partial", 3)
    assert best.followed
    assert best.feedback == FOLLOWED


def test_what_does_not_follow_does_not_count() -> None:
    """Wrong scores, and a head that is not the best of those either."""
    _, best = verdicts(WRONG, OWN, LIST)
    assert (best.outcome, best.points, best.followed) == ("failed", 0, False)


def test_nothing_is_excused_where_nothing_was_lost() -> None:
    """Right scores and a wrong head: that is a mistake of its own."""
    scores, best = verdicts(RIGHT, OWN, OWN)
    assert (scores.outcome, best.points) == ("passed", 0)


@pytest.mark.parametrize("kind", ["missing", "not_attempted", "kernel_died"])
def test_nothing_is_excused_by_what_was_not_done(kind: str) -> None:
    """Scores that are not there explain no answer."""
    absent = Failure(kind="missing") if kind == "missing" else Failure(kind="kernel_died")
    _, best = verdicts(absent, OWN, OWN)
    assert best.points == 0


def test_a_right_answer_needs_no_excuse() -> None:
    """Full points stay full, whatever went before."""
    _, best = verdicts(WRONG, LIST, LIST)
    assert (best.points, best.followed) == (6, False)


def test_the_report_says_what_was_judged_apart() -> None:
    """A function that lost points and was replaced, and what counts because it follows."""
    lab: Rubric = rubric(TEXT)
    lost = verdict(outcome="failed", points=0.0)
    followed = verdict(id="best", title="The best head", function="best_head", followed=True)
    assert own_merits(lab, [lost, followed]) == (
        "compute_induction_scores lost points; what calls it was judged with a right one in its"
        " place.",
        "Counted, because it follows from earlier answers of yours: The best head.",
    )
    assert own_merits(lab, [verdict()]) == ()


def test_selecting_a_criterion_selects_what_it_follows_from() -> None:
    """Graded alone it earns what it earns in the whole."""
    alone = rubric(TEXT).only("best")
    assert [criterion.id for criterion in alone.criteria] == ["scores", "best"]
    assert {"best", "best_again", "scores", "shape"} <= alone.probes.keys()
