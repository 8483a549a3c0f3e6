"""Check `side_effects`: every side effect is named."""

import numpy as np
import pytest

from grader.checks.side_effects import SideEffects
from grader.protocol.values import ArrayValue, DictValue, Value
from tests.builders import array, boolean, judged, number, table

CHECK = SideEffects(kind="side_effects", probe="left")


def count(n: int) -> ArrayValue:
    """A count as the kernel sends it."""
    return ArrayValue(kind="int", array=np.array(n))


def left(**counts: int) -> DictValue:
    """Return counts of side effects; those not given are 0."""
    names = ("hooks", "weights", "inputs", "grad_mode", "default_dtype", "default_device")
    return table(**{name: count(counts.get(name, 0)) for name in (*names, "training")})


def said(value: Value) -> str | None:
    """Return the feedback; None if it passes."""
    finding = judged(CHECK, {"left": value})
    return None if finding.passed else finding.message


def test_nothing_left_behind_passes() -> None:
    """All counts 0, and no reference is asked for."""
    assert said(left()) is None
    assert (CHECK.probes(), CHECK.references()) == (("left",), ())


@pytest.mark.parametrize(
    ("name", "one", "two"),
    [
        ("hooks", "1 hook is still on the model.", "2 hooks are still on the model."),
        (
            "weights",
            "1 of the model's weights was changed.",
            "2 of the model's weights were changed.",
        ),
        ("inputs", "The tokens you were given were changed.", "2 of its inputs were changed."),
        ("grad_mode", "Gradients were switched on or off for everyone.", None),
        ("default_dtype", "torch's default dtype was changed.", None),
        ("default_device", "torch's default device was changed.", None),
        ("training", "The model was left in train mode.", None),
    ],
)
def test_each_is_said_in_words(name: str, one: str, two: str | None) -> None:
    """One and many have a sentence each."""
    assert said(left(**{name: 1})) == one
    assert said(left(**{name: 2})) == (two or one)


def test_all_are_said_together() -> None:
    """Several at once make several sentences."""
    assert said(left(hooks=2, training=1)) == (
        "2 hooks are still on the model. The model was left in train mode."
    )


@pytest.mark.parametrize("odd", [array([0]), number(0.0), boolean(value=False), count(-1)])
def test_a_count_is_a_whole_number(odd: Value) -> None:
    """Counts that the kernel would never send fail."""
    assert said(DictValue(entries={**left().entries, "hooks": odd})) is not None


def test_missing_entries_and_other_values_fail() -> None:
    """A table without all entries is no clean one, and neither is anything else."""
    entries = dict(left().entries)
    del entries["weights"]
    assert said(DictValue(entries=entries)) == (
        "What it leaves behind could not be told from a dict of 6."
    )
    assert said(count(0)) is not None
