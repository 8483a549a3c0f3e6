"""``side_effects``: a function leaves the model, its inputs and torch as it found them."""

from collections.abc import Callable
from typing import Literal

import numpy as np

from grader.checks.base import PASSED, BaseCheck, Evidence, Finding, failed
from grader.protocol.values import Numbers, Table, Value, describe


def _counted(one: str, many: str) -> Callable[[int], str]:
    return lambda n: one if n == 1 else f"{n} {many}"


_SAYS: dict[str, Callable[[int], str]] = {
    "hooks": _counted("1 hook is still on the model.", "hooks are still on the model."),
    "weights": _counted(
        "1 of the model's weights was changed.", "of the model's weights were changed."
    ),
    "inputs": _counted("The tokens you were given were changed.", "of its inputs were changed."),
    "grad_mode": lambda _: "Gradients were switched on or off for everyone.",
    "default_dtype": lambda _: "torch's default dtype was changed.",
    "default_device": lambda _: "torch's default device was changed.",
    "training": lambda _: "The model was left in train mode.",
}


class SideEffects(BaseCheck):
    """Nothing is left behind: no hook, no changed weight or input, no changed setting of torch."""

    kind: Literal["side_effects"]
    probe: str
    """A probe that observes side effects."""
    left: tuple[str, ...] = ()
    """To recognise a mistake: it passes where one of these was left behind."""

    def probes(self) -> tuple[str, ...]:
        """The probes this check reads."""
        return (self.probe,)

    def references(self) -> tuple[str, ...]:
        """None: what is left behind should be nothing."""
        return ()

    def judge(self, evidence: Evidence) -> Finding:
        """Name everything that was left behind."""
        value = evidence.observed[self.probe]
        entries = value.entries if isinstance(value, Table) else {}
        counts = {name: _count(entries.get(name)) for name in _SAYS}
        found = {name: count for name, count in counts.items() if count is not None}
        if len(found) < len(_SAYS):
            return failed(f"What it leaves behind could not be told from {describe(value)}.")
        if any(found.get(name) for name in self.left):
            return PASSED
        said = [_SAYS[name](count) for name, count in found.items() if count]
        if self.left or not said:
            return failed("Nothing of that was left behind.") if self.left else PASSED
        return failed(" ".join(said))


def _count(value: Value | None) -> int | None:
    """A whole number that is not negative; None for all else."""
    if not isinstance(value, Numbers) or value.array.shape != ():
        return None
    whole = np.issubdtype(value.array.dtype, np.integer) and value.array >= 0
    return int(value.array) if whole else None
