"""What is left out of a check in a kernel, and how that is said."""

import pytest

from grader.errors import RubricError
from grader.ipython_magic.selection import Choice, choose
from grader.rubric.load import find_rubric

RUBRIC = find_rubric(None).rubric.without_hidden()
OF_RESULTS = {
    "top_induction_heads",
    "top_prev_heads",
    "ablation_raises_loss",
    "ablation_lowers_accuracy",
}
OF_FIGURES = {"scores_drawn", "patterns_drawn"}
ALL = {criterion.id for criterion in RUBRIC.criteria}


def kept(choice: Choice) -> set[str]:
    """The criteria that are judged."""
    return {criterion.id for criterion in choice.rubric.criteria}


def test_functions_and_results_of_the_grading_model_are_judged() -> None:
    """On the grading model only what figures are seen for is left out, with one line."""
    choice = choose(RUBRIC, None, same_model=lambda: True)
    assert kept(choice) == ALL - OF_FIGURES
    assert len(choice.left_out) == 1


def test_results_of_another_model_are_not_asked_for() -> None:
    """On another model neither results nor what computes with them is evaluated."""
    choice = choose(RUBRIC, None, same_model=lambda: False)
    assert kept(choice) == ALL - OF_FIGURES - OF_RESULTS
    asked = {p.function for p in choice.rubric.probes.values() if not p.reference_only}
    assert not asked & {"top_induction_heads", "induction_scores", "ablated_loss"}
    assert "ablation_again" not in choice.rubric.probes
    assert [line.partition(":")[2] for line in choice.left_out] == [
        " Heatmaps of both score matrices, Attention patterns of the top heads.",
        " top_induction_heads, top_prev_heads, ablated_loss, ablated_acc.",
    ]


def test_the_model_is_looked_at_only_for_results() -> None:
    """Comparing weights takes a while: a function's check does without."""
    choice = choose(RUBRIC, "create_repeated_sequence", same_model=lambda: pytest.fail("compared"))
    assert len(choice.rubric.criteria) == 4


def test_an_unknown_name_is_an_error_that_lists_the_known() -> None:
    """A wrong name says which there are."""
    with pytest.raises(
        RubricError, match=r"one of create_repeated_sequence, .*induction_formation"
    ):
        choose(RUBRIC, "induction", same_model=lambda: True)
