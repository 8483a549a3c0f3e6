"""The four ways grading itself can go wrong. A wrong answer is never one of them."""


class GraderError(Exception):
    """Something the grader cannot work past; its text is one line that says what to do."""

    exit_code = 3


class RubricError(GraderError):
    """The instructor's: the rubric cannot be used as it is written."""

    exit_code = 2


class SubmissionError(GraderError):
    """The file's: it is not a notebook that can be run."""

    exit_code = 2


class KernelError(GraderError):
    """The machine's: no kernel could be started, or it could not load the model."""


class AnswerKeyError(GraderError):
    """The reference's: no answer key fits, and none can be built here."""


def last_words(said: bytes) -> str:
    """The last line of what a process of ours said before it ended, for a message; may be empty."""
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else ""
