"""Errors of the grader and their exit codes."""

import pytest

from grader.errors import AnswerKeyError, GraderError, KernelError, RubricError, SubmissionError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RubricError, 2),
        (SubmissionError, 2),
        (KernelError, 3),
        (AnswerKeyError, 3),
        (GraderError, 3),
    ],
)
def test_every_error_has_its_exit_code(error: type[GraderError], code: int) -> None:
    """2 is for errors in the user's files, 3 for failures of the grader; 0 and 1 are for grades."""
    assert issubclass(error, GraderError)
    assert error("x").exit_code == code
