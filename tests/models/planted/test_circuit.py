"""Tests the sampling of circuits."""

import pytest

from grader.models import Head, PlantedCircuit
from grader.models.planted.circuit import HeadKind, sample_circuit

SHAPES = [(2, 1), (2, 2), (3, 4), (5, 8), (7, 5), (12, 12), (24, 16)]


@pytest.fixture(params=SHAPES, ids=lambda shape: "{}x{}".format(*shape))
def circuits(request: pytest.FixtureRequest) -> list[PlantedCircuit]:
    """Return circuits of one shape and twenty seeds."""
    return [sample_circuit(seed, *request.param) for seed in range(20)]


def test_head_is_labelled_as_in_the_field() -> None:
    """A head prints as L5H1 and equals a pair of integers."""
    assert str(Head(5, 1)) == "L5H1"
    assert Head(5, 1) == (5, 1)


def test_heads_are_in_the_model_and_distinct(circuits: list[PlantedCircuit]) -> None:
    """No head has two roles, and none lies outside the model."""
    for circuit in circuits:
        heads = [row.head for row in circuit.heads]
        assert len(set(heads)) == len(heads)
        assert len(heads) + len(circuit.generic) == circuit.n_layers * circuit.n_heads
        assert all(h.layer < circuit.n_layers and h.head < circuit.n_heads for h in heads)


def test_every_circuit_has_both_parts_in_order(circuits: list[PlantedCircuit]) -> None:
    """A circuit has an early previous-token head, and its induction heads lie in later layers."""
    for circuit in circuits:
        assert circuit.previous_token
        assert circuit.induction
        last = max(head.layer for head in circuit.previous_token)
        assert last < 4
        assert all(h.layer > last for h in circuit.induction + circuit.partial_induction)
        assert all(head.layer >= 4 for head in circuit.late_previous_token)


def test_sharpness_stays_off_the_labs_thresholds(circuits: list[PlantedCircuit]) -> None:
    """No head is planted near a score of 0.15 (induction) or 0.3 (previous-token)."""
    ranges = {
        HeadKind.INDUCTION: (0.25, 0.98),
        HeadKind.PARTIAL_INDUCTION: (0.06, 0.12),
        HeadKind.PREVIOUS_TOKEN: (0.5, 0.98),
        HeadKind.LATE_PREVIOUS_TOKEN: (0.45, 0.7),
    }
    for circuit in circuits:
        assert len(circuit.induction) < 10
        for row in circuit.heads:
            low, high = ranges.get(row.kind, (0.5, 0.95))
            assert low <= row.sharpness <= high


def test_seed_and_shape_determine_the_circuit() -> None:
    """The same seed and shape give the same circuit, and another seed gives another."""
    assert sample_circuit(3, 7, 5) == sample_circuit(3, 7, 5)
    assert sample_circuit(3, 7, 5).induction != sample_circuit(4, 7, 5).induction
    assert sample_circuit(1, 12, 12).induction != sample_circuit(0, 12, 12).induction


def test_the_number_of_strong_heads_varies() -> None:
    """Hidden circuits differ in how many induction heads they have."""
    assert len({len(sample_circuit(seed, 12, 12).induction) for seed in range(1, 20)}) > 1
