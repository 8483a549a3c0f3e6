"""A check leaves out what cannot be judged in a kernel, with a note."""

import pytest

from grader.errors import RubricError
from grader.ipython_magic.selection import Selection, select_for_kernel
from grader.rubric.load import load_rubric

RUBRIC = load_rubric(None).rubric.without_hidden()
OF_RESULTS = {
    "top_induction_heads",
    "top_prev_heads",
    "ablation_raises_loss",
    "ablation_lowers_accuracy",
}
OF_FIGURES = {"scores_drawn", "patterns_drawn"}
ALL = {criterion.id for criterion in RUBRIC.criteria}


def selected_ids(choice: Selection) -> set[str]:
    """Return the ids of the criteria that are judged."""
    return {criterion.id for criterion in choice.rubric.criteria}


def test_functions_and_results_of_the_grading_model_are_judged() -> None:
    """On the grading model only figures are left out, with one note."""
    choice = select_for_kernel(RUBRIC, None, same_model=lambda: True)
    assert selected_ids(choice) == ALL - OF_FIGURES
    assert len(choice.left_out) == 1


def test_results_of_another_model_are_left_out() -> None:
    """On another model, results and probes that compute with them are not evaluated."""
    choice = select_for_kernel(RUBRIC, None, same_model=lambda: False)
    assert selected_ids(choice) == ALL - OF_FIGURES - OF_RESULTS
    functions = {p.function for p in choice.rubric.probes.values() if not p.reference_only}
    assert not functions & {"top_induction_heads", "induction_scores", "ablated_loss"}
    assert "ablation_again" not in choice.rubric.probes
    assert [line.partition(":")[2] for line in choice.left_out] == [
        " Heatmaps of both score matrices, Attention patterns of the top heads.",
        " top_induction_heads, top_prev_heads, ablated_loss, ablated_acc.",
    ]


def test_models_are_compared_only_for_results() -> None:
    """Comparing weights takes time, so a function's check skips it."""
    choice = select_for_kernel(
        RUBRIC, "create_repeated_sequence", same_model=lambda: pytest.fail("compared")
    )
    assert len(choice.rubric.criteria) == 4


def test_an_unknown_name_lists_the_known_ones() -> None:
    """The error for an unknown name lists the functions."""
    with pytest.raises(
        RubricError, match=r"one of create_repeated_sequence, .*induction_formation"
    ):
        select_for_kernel(RUBRIC, "induction", same_model=lambda: True)
