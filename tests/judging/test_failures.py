"""Feedback on failed probes."""

import pytest

from grader.judging.failures import describe_failure
from grader.protocol.values import Failure
from grader.rubric.sections import Limits

FUNCTION = "compute_induction_scores"


def words(failure: Failure, *names: str) -> str:
    """Return the feedback on a failure in a notebook that defines these names."""
    return describe_failure(failure, FUNCTION, frozenset(names), Limits(notebook=600, restarts=5))


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (Failure(kind="missing"), f"There is no {FUNCTION} in your notebook."),
        (Failure(kind="not_attempted", message=FUNCTION), f"{FUNCTION} is not written yet."),
        (Failure(kind="not_attempted"), f"{FUNCTION} is not written yet."),
        (
            Failure(kind="not_attempted", message="ablate_heads"),
            f"{FUNCTION} is not written yet (it stops at: ablate_heads).",
        ),
        (Failure(kind="raised", ename="KeyError"), "Your code raised KeyError."),
        (
            Failure(kind="raised", ename="ValueError", message="bad (line 3)"),
            "Your code raised ValueError: bad (line 3).",
        ),
        (
            Failure(kind="timed_out", message="60 s"),
            f"{FUNCTION} did not finish: it was stopped after 60 s.",
        ),
        (
            Failure(kind="timed_out", message="notebook"),
            f"{FUNCTION} was not run: the notebook's limit of 600 s was used up.",
        ),
        (
            Failure(kind="timed_out", message="restarts"),
            f"{FUNCTION} was not run: the kernel was lost more than 5 times.",
        ),
        (
            Failure(kind="unreadable", message="it is a generator"),
            f"The result of {FUNCTION} cannot be compared: it is a generator.",
        ),
    ],
)
def test_every_failure_has_its_words(failure: Failure, sentence: str) -> None:
    """The feedback is one sentence that names the function or the exception."""
    assert words(failure) == sentence


def test_a_dead_kernel_costs_only_its_own() -> None:
    """The feedback on a crash says that everything else was graded."""
    assert words(Failure(kind="kernel_died")).startswith(f"Calling {FUNCTION} crashed Python;")


def test_a_renamed_function_is_pointed_at() -> None:
    """A similar name is suggested, a different one is not."""
    feedback = words(Failure(kind="missing"), "compute_induction_score", "x")
    assert feedback.endswith("Did you rename it to 'compute_induction_score'?")
    assert words(Failure(kind="missing"), "ablate_heads").endswith("in your notebook.")


def test_a_function_whose_cell_failed_is_there() -> None:
    """A function that is written below an error is not called missing."""
    assert "its cell failed before defining it" in words(Failure(kind="missing"), FUNCTION)
