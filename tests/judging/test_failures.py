"""Why there is no value, in words a student can act on."""

import pytest

from grader.judging.failures import describe_failure
from grader.protocol.values import Failure
from grader.rubric.model import Limits

FUNCTION = "compute_induction_scores"


def words(failure: Failure, *names: str) -> str:
    """What a student reads, with these names in the notebook."""
    return describe_failure(failure, FUNCTION, frozenset(names), Limits(notebook=600, restarts=5))


@pytest.mark.parametrize(
    ("failure", "said"),
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
            f"{FUNCTION} did not come back: stopped after 60 s.",
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
            f"What {FUNCTION} gave cannot be compared: it is a generator.",
        ),
    ],
)
def test_every_failure_has_its_words(failure: Failure, said: str) -> None:
    """One sentence, that names the function or the exception."""
    assert words(failure) == said


def test_a_dead_kernel_costs_only_its_own() -> None:
    """The student learns that the rest was graded."""
    assert words(Failure(kind="kernel_died")).startswith(f"Calling {FUNCTION} ended Python itself")


def test_a_renamed_function_is_pointed_at() -> None:
    """A name much like the one asked for is offered, another one is not."""
    said = words(Failure(kind="missing"), "compute_induction_score", "x")
    assert said.endswith("Your notebook has 'compute_induction_score': was it renamed?")
    assert words(Failure(kind="missing"), "ablate_heads").endswith("in your notebook.")


def test_a_function_whose_cell_failed_is_there() -> None:
    """A defined function that was not reached is not called absent."""
    assert "its cell did not run to it" in words(Failure(kind="missing"), FUNCTION)
