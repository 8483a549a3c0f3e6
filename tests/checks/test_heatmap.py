"""Check `heatmap`: figures are graded by the matrices they draw."""

from typing import Any

import numpy as np
import pytest

from grader.checks.heatmap import Heatmap, is_pattern
from grader.protocol.values import Value
from tests.builders import array, figure, judged, nested_list, parts, tensor

SCORES = np.array([[0.1, 0.9, 0.2], [0.3, 0.4, 0.8]])
PATTERN = np.array([[1.0, 0.0, 0.0], [0.25, 0.75, 0.0], [0.2, 0.3, 0.5]])


def drawn(figures: Value, shows: Value | None = None, **options: Any) -> str | None:
    """Return the feedback on a figure; None if it passes."""
    name = None if shows is None else "scores"
    check = Heatmap(kind="heatmap", figures="figures", shows=name, **options)
    observed = {"figures": figures} | ({"scores": shows} if shows else {})
    finding = judged(check, observed, {"scores": array(SCORES)})
    return None if finding.passed else finding.message


@pytest.mark.parametrize("own", [array(SCORES), nested_list(SCORES), tensor(*SCORES)])
def test_own_scores_may_come_in_any_container(own: Value) -> None:
    """Among several heatmaps one that shows the student's matrix is enough."""
    assert drawn(figure(PATTERN, SCORES), own) is None


def test_orientation_counts() -> None:
    """A transposed matrix is not the matrix; the message says which way round is asked for."""
    said = drawn(figure(SCORES.T), array(SCORES))
    assert said == (
        "0 of 1 heatmaps show this matrix with rows and columns in order [2, 3]; expected 1."
        " One of them is drawn transposed: its rows are the matrix's columns."
    )


def test_a_transposed_heatmap_is_told_what_its_rows_are() -> None:
    """The message uses the names of axes; those of a pattern are queries and keys."""
    said = drawn(figure(PATTERN, SCORES.T), array(SCORES), axes=("layer", "head"))
    assert said == (
        "0 of 2 heatmaps show this matrix with rows and columns in order [layer, head];"
        " expected 1. One of them is drawn transposed: rows are head, columns are layer."
    )
    assert str(drawn(figure(PATTERN.T))).endswith("rows are key_pos, columns are query_pos.")


def test_another_matrix_is_not_called_transposed() -> None:
    """Only the wanted matrix the other way round is said to be transposed."""
    assert "transposed" not in str(drawn(figure(SCORES + 1, PATTERN), array(SCORES)))


def test_against_the_reference_the_figure_must_be_true() -> None:
    """The student's own matrix is not asked for, only the reference's."""
    check = Heatmap(kind="heatmap", figures="f", shows="scores", against="reference")
    assert check.probes() == ("f",)
    assert check.references() == ("scores",)
    reference = {"scores": figure(SCORES)}
    assert judged(check, {"f": figure(SCORES)}, reference).passed
    assert not judged(check, {"f": figure(SCORES + 0.1)}, reference).passed


def test_a_matrix_is_no_figure() -> None:
    """A function that returns the matrix has drawn nothing."""
    assert drawn(parts(array(PATTERN))) is not None
    assert drawn(array(PATTERN)) is not None


def test_as_many_as_are_asked_for() -> None:
    """`min_count` counts heatmaps that show it."""
    assert drawn(figure(PATTERN, PATTERN), min_count=2) is None
    said = drawn(figure(PATTERN, SCORES), min_count=2)
    assert said == ("1 of 2 heatmaps show an attention pattern [query_pos, key_pos]; expected 2.")


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_nan_and_infinity_show_nothing(odd: float) -> None:
    """A matrix with NaN or infinities equals no other, not even itself."""
    matrix = np.full((2, 3), odd)
    assert drawn(figure(matrix), array(matrix)) is not None
    assert drawn(figure(np.full((2, 2), odd))) is not None


@pytest.mark.parametrize(
    "matrix",
    [
        PATTERN.T,
        PATTERN * 2,
        SCORES,
        np.ones((1, 1)),
        np.array([[1.0, 0.0], [1.5, -0.5]]),
        np.ones(3),
    ],
)
def test_a_pattern_is_causal_with_rows_that_sum_to_one(matrix: np.ndarray[Any, Any]) -> None:
    """Transposed, unnormalised, oblong, negative or tiny matrices are no attention patterns."""
    assert is_pattern(PATTERN)
    assert not is_pattern(matrix)
