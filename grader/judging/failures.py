"""Describes failed probes in sentences that a student can act on."""

from difflib import get_close_matches

from grader.protocol.values import Failure
from grader.rubric.sections import Limits

RENAME_QUESTION = "Did you rename it to"
"""Words of the feedback on a missing function when the notebook has a similar name."""


def describe_failure(failure: Failure, function: str, names: frozenset[str], limits: Limits) -> str:
    """Return the feedback for a probe that gave no value.

    Args:
        failure: The observation in place of a value.
        function: The function or variable that the probe reads.
        names: The names that the notebook defines, to recognise a renamed function.
        limits: The limits in force.
    """
    match failure.kind:
        case "missing":
            return _describe_missing(function, names)
        case "not_attempted":
            via = "" if failure.message in {"", function} else f" (it stops at: {failure.message})"
            return f"{function} is not written yet{via}."
        case "raised":
            text = f": {failure.message}" if failure.message else ""
            return f"Your code raised {failure.ename}{text}."
        case "timed_out":
            return _describe_timeout(failure, function, limits)
        case "kernel_died":
            return (
                f"Calling {function} crashed Python; everything else was graded in a fresh kernel."
            )
        case "unreadable":
            return f"The result of {function} cannot be compared: {failure.message}."


def was_skipped(failure: Failure) -> bool:
    """Return whether the probe was skipped because the notebook's time or restarts ran out."""
    return failure.kind == "timed_out" and failure.message in {"notebook", "restarts"}


def _describe_missing(function: str, names: frozenset[str]) -> str:
    if function in names:
        return (
            f"{function} is in your notebook, "
            "but its cell failed before defining it (see the errors)."
        )
    similar = get_close_matches(function, sorted(names), n=1, cutoff=0.82)
    question = f" {RENAME_QUESTION} {similar[0]!r}?" if similar else ""
    return f"There is no {function} in your notebook.{question}"


def _describe_timeout(failure: Failure, function: str, limits: Limits) -> str:
    if failure.message == "notebook":
        return f"{function} was not run: the notebook's limit of {limits.notebook:g} s was used up."
    if failure.message == "restarts":
        return f"{function} was not run: the kernel was lost more than {limits.restarts} times."
    return f"{function} did not finish: it was stopped after {failure.message}."
