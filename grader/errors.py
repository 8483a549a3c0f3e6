"""The errors that end grading, by whose input caused them. A wrong answer is never an error."""


class GraderError(Exception):
    """Base class of all grading errors. The message is one line that tells the user what to do."""

    exit_code = 3


class RubricError(GraderError):
    """The instructor's rubric, or another file of the instructor's, is not valid."""

    exit_code = 2


class SubmissionError(GraderError):
    """The submitted file is not a notebook that can be run."""

    exit_code = 2


class KernelError(GraderError):
    """This machine could not start a kernel, or the kernel could not load its model."""


class AnswerKeyError(GraderError):
    """No answer key fits, and none can be built here from the reference."""


def one_line(error: BaseException) -> str:
    """Return an exception's type and the first line of its message."""
    return f"{type(error).__name__}: {error}".splitlines()[0]


def last_stderr_line(stderr: bytes) -> str:
    """Return the last line that a process wrote before it ended, for a message; may be empty."""
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else ""
