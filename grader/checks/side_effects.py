"""The check `side_effects`: a function leaves the model, its inputs and torch as they were."""

from collections.abc import Callable
from typing import Literal

import numpy as np

from grader.checks.base import PASSED, BaseCheck, CheckInputs, CheckResult, failed
from grader.protocol.values import ArrayValue, DictValue, Value, describe


def _describe_counts(one: str, many: str) -> Callable[[int], str]:
    """Return a function that describes a number of side effects in a sentence."""
    return lambda n: one if n == 1 else f"{n} {many}"


_MESSAGES: dict[str, Callable[[int], str]] = {
    "hooks": _describe_counts("1 hook is still on the model.", "hooks are still on the model."),
    "weights": _describe_counts(
        "1 of the model's weights was changed.", "of the model's weights were changed."
    ),
    "inputs": _describe_counts(
        "The tokens you were given were changed.", "of its inputs were changed."
    ),
    "grad_mode": lambda _: "Gradients were switched on or off for everyone.",
    "default_dtype": lambda _: "torch's default dtype was changed.",
    "default_device": lambda _: "torch's default device was changed.",
    "training": lambda _: "The model was left in train mode.",
}


class SideEffects(BaseCheck):
    """The expression leaves no hook, no changed weight or input and no changed setting of torch."""

    kind: Literal["side_effects"]
    probe: str
    """Probe that observes side effects."""
    leaves: tuple[str, ...] = ()
    """Side effects that recognise a mistake: the check then passes if one of them occurred."""

    def probes(self) -> tuple[str, ...]:
        """Return the probes whose values this check needs."""
        return (self.probe,)

    def references(self) -> tuple[str, ...]:
        """Return no probes: there should be no side effects at all."""
        return ()

    def judge(self, inputs: CheckInputs) -> CheckResult:
        """Report every side effect."""
        value = inputs.observed[self.probe]
        entries = value.entries if isinstance(value, DictValue) else {}
        counts = {name: _count(entries.get(name)) for name in _MESSAGES}
        found = {name: count for name, count in counts.items() if count is not None}
        if len(found) < len(_MESSAGES):
            return failed(f"What it leaves behind could not be told from {describe(value)}.")
        if any(found.get(name) for name in self.leaves):
            return PASSED
        messages = [_MESSAGES[name](count) for name, count in found.items() if count]
        if self.leaves or not messages:
            return failed("Nothing of that was left behind.") if self.leaves else PASSED
        return failed(" ".join(messages))


def _count(value: Value | None) -> int | None:
    """Return a whole number that is not negative; None for everything else."""
    if not isinstance(value, ArrayValue) or value.array.shape != ():
        return None
    whole = np.issubdtype(value.array.dtype, np.integer) and value.array >= 0
    return int(value.array) if whole else None
