"""Why there is no value to judge, in words a student can act on."""

from difflib import get_close_matches

from grader.protocol.values import Failure
from grader.rubric.model import Limits


def describe_failure(failure: Failure, function: str, names: frozenset[str], limits: Limits) -> str:
    """Say what happened to a probe.

    Args:
        failure: What was observed in place of a value.
        function: The function or variable asked for.
        names: What the notebook defines, for a renamed function.
        limits: The limits in force.
    """
    match failure.kind:
        case "missing":
            return _missing(function, names)
        case "not_attempted":
            via = "" if failure.message in {"", function} else f" (it stops at: {failure.message})"
            return f"{function} is not written yet{via}."
        case "raised":
            text = f": {failure.message}" if failure.message else ""
            return f"Your code raised {failure.ename}{text}."
        case "timed_out":
            return _timed_out(failure, function, limits)
        case "kernel_died":
            return (
                f"Calling {function} ended Python itself; "
                "everything else was graded in a fresh kernel."
            )
        case "unreadable":
            return f"What {function} gave cannot be compared: {failure.message}."


def not_run(failure: Failure) -> bool:
    """Whether the time ran out before the probe's turn: nobody's answer was seen."""
    return failure.kind == "timed_out" and failure.message in {"notebook", "restarts"}


def _missing(function: str, names: frozenset[str]) -> str:
    if function in names:
        return f"{function} is in your notebook, but its cell did not run to it (see the errors)."
    similar = get_close_matches(function, sorted(names), n=1, cutoff=0.82)
    meant = f" Your notebook has {similar[0]!r}: was it renamed?" if similar else ""
    return f"There is no {function} in your notebook.{meant}"


def _timed_out(failure: Failure, function: str, limits: Limits) -> str:
    if failure.message == "notebook":
        return f"{function} was not run: the notebook's limit of {limits.notebook:g} s was used up."
    if failure.message == "restarts":
        return f"{function} was not run: the kernel was lost more than {limits.restarts} times."
    return f"{function} did not come back: stopped after {failure.message}."
