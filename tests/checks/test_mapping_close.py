"""Check `mapping_close`: dicts and tuples of different things, part by part."""

import pytest

from grader.checks.close import MappingClose
from grader.protocol.values import NoneValue, Value
from tests.builders import array, judged, number, parts, table, tensor

EFFECTS = table(baseline=array([0.1, 1.0]), circuit=array([9.0, 0.0]))
FORMATION = parts(array([0.1, 0.5, 0.9]), number(1))


def dict_finding(observed: Value) -> str | None:
    """Return the feedback on a dict of (loss, accuracy); None if it passes."""
    check = MappingClose(kind="mapping_close", probe="x", axes=("loss|accuracy",))
    found = judged(check, {"x": observed}, {"x": EFFECTS})
    return None if found.passed else found.message


def tuple_finding(observed: Value) -> str | None:
    """Return the feedback on (scores, index); None if it passes."""
    check = MappingClose(kind="mapping_close", probe="x", names=("scores", "index"))
    found = judged(check, {"x": observed}, {"x": FORMATION})
    return None if found.passed else found.message


def test_a_dict_is_compared_by_key() -> None:
    """Order of keys and containers of parts do not matter."""
    circuit, baseline = parts(number(9), number(0)), tensor(0.1, 1.0)
    assert dict_finding(table(circuit=circuit, baseline=baseline)) is None


def test_a_wrong_part_is_named() -> None:
    """The first part that differs is named, and the entry in it."""
    said = dict_finding(table(baseline=array([0.1, 1.0]), circuit=array([9.0, 0.5])))
    assert (said or "").startswith("circuit: accuracy: you 0.5, expected about 0:")


@pytest.mark.parametrize("keys", [{"baseline"}, {"baseline", "circuit", "other"}, set[str]()])
def test_keys_are_those_of_the_reference(keys: set[str]) -> None:
    """A key too few or too many fails."""
    said = dict_finding(table(**dict.fromkeys(keys, array([0.1, 1.0]))))
    assert (said or "").startswith("Expected the parts ['baseline', 'circuit']; yours are")


def test_a_tuple_is_compared_in_order() -> None:
    """A tuple's parts have names only for the feedback."""
    assert tuple_finding(parts(tensor(0.1, 0.5, 0.9), number(1))) is None
    swapped = tuple_finding(parts(number(1), array([0.1, 0.5, 0.9])))
    assert (swapped or "").startswith("scores: Expected shape [3]")


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_tuple_has_as_many_parts(count: int) -> None:
    """A part too few or too many fails."""
    assert tuple_finding(parts(*([*FORMATION.items, number(1)][:count]))) is not None


@pytest.mark.parametrize("value", [NoneValue(), array([1.0, 2.0]), FORMATION])
def test_what_is_no_dict_fails(value: Value) -> None:
    """Only a dict is compared with a dict."""
    assert (dict_finding(value) or "").startswith("Expected a dict; your code gave")


def test_what_is_no_tuple_fails() -> None:
    """Only a tuple is compared with a tuple."""
    assert tuple_finding(EFFECTS) == (
        "Expected a tuple (scores, index); your code gave a dict of 2."
    )
