"""Tests the numbers of an analysis against what is known of the model."""

import json
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from grader.models import Head, PlantedModel, load_model, plant
from reference.analysis.analysis import Analysis, analyse
from reference.analysis.args import Settings, format_size, parse_size
from reference.analysis.circuit import TrainingRun, measure_formation, sample_control_heads
from reference.analysis.output import to_json
from reference.induction_heads import (
    Model,
    ablation_effects,
    compute_induction_scores,
    compute_k_composition,
    compute_prev_token_scores,
    test_induction_accuracy,
)

SETTINGS = Settings(seq_len=25, n_samples=4, seed=3)


@pytest.fixture(scope="module")
def planted() -> PlantedModel:
    """Return a model whose circuit is known."""
    return plant(5, 4, 3, 10000)


@pytest.fixture(scope="module")
def analysis(planted: PlantedModel) -> Analysis:
    """Return the analysis of that model."""
    return analyse(planted.model, "planted", SETTINGS)


def checkpoints() -> Iterator[tuple[int, Model]]:
    """Yield a training run that has no weights at first, and induction from step 200 on."""
    blank = plant(5, 4, 3, 10000).model
    for weight in blank.parameters():
        weight.zero_()
    yield 0, blank
    yield 200, plant(5, 4, 3, 10000).model
    yield 900, plant(5, 4, 3, 10000).model


def test_labels_are_the_planted_truth(planted: PlantedModel, analysis: Analysis) -> None:
    """Labels computed from scores equal the kinds that were planted; other heads have none."""
    circuit, scores = planted.circuit, analysis.scores
    truth: dict[Head, tuple[str, ...]] = {row.head: (str(row.kind),) for row in circuit.heads}
    truth |= dict.fromkeys(circuit.induction, ("strong induction",))
    truth |= dict.fromkeys(circuit.first_position, ())
    labels = {head: scores.scores_of(Head(*head)).labels for head in np.ndindex(4, 3)}
    assert labels == {head: truth.get(Head(*head), ()) for head in np.ndindex(4, 3)}
    assert analysis.induction_heads == circuit.induction
    assert analysis.prev_token_heads == circuit.previous_token
    assert analysis.duplicate_token_heads == circuit.duplicate_token


def test_numbers_come_from_the_reference(planted: PlantedModel, analysis: Analysis) -> None:
    """Every number of the analysis comes from a function of the reference."""
    model = planted.model
    assert analysis.accuracy == test_induction_accuracy(model, 25, 4)
    induction = compute_induction_scores(model, 25, 4)
    np.testing.assert_array_equal(analysis.scores.induction, induction)
    torch.manual_seed(3)
    prev_token = compute_prev_token_scores(model, 50, 4)
    np.testing.assert_array_equal(analysis.scores.prev_token, prev_token)
    pairs = analysis.compositions
    k_composition = compute_k_composition(model, *pairs.sources[0], *pairs.targets[-1])
    assert pairs.k[0, -1] == pytest.approx(k_composition)
    groups = {row.group + str(row.control): row.heads for row in analysis.ablations if row.heads}
    effects = ablation_effects(model, groups, 25, 4)
    measured = [(row.loss, row.accuracy) for row in analysis.ablations]
    assert measured == list(effects.values())


def test_the_circuit_stands_out(analysis: Analysis) -> None:
    """The circuit composes more than other pairs, and ablating it costs more than its controls."""
    pairs = analysis.compositions
    assert pairs.circuit.k is not None
    assert pairs.model.k is not None
    assert pairs.circuit.k > 1.5 * pairs.model.k
    cost = {(row.group, row.control): row.loss_change or 0.0 for row in analysis.ablations}
    for group in ("induction heads", "previous-token heads"):
        assert cost[group, False] > 20 * abs(cost[group, True])


def test_controls_match_their_group_in_size_and_share_no_head(
    planted: PlantedModel, analysis: Analysis
) -> None:
    """A control has its group's size and no head of any group, and depends on the seed alone."""
    groups = {row.group: row.heads for row in analysis.ablations if not row.control}
    circuit = {head for heads in groups.values() for head in heads}
    for row in analysis.ablations:
        if row.control:
            assert len(set(row.heads)) == len(groups[row.group])
            assert not circuit & set(row.heads)
            assert row.heads == sample_control_heads(planted.model, groups, len(row.heads), seed=3)
    sampled = {sample_control_heads(planted.model, groups, 2, seed) for seed in range(9)}
    assert len(sampled) > 1
    assert sample_control_heads(planted.model, groups, 99, seed=0) == ()


def test_the_global_generator_is_left_alone(planted: PlantedModel) -> None:
    """An analysis leaves the state of torch's global generator unchanged."""
    state = torch.get_rng_state()
    analyse(planted.model, "planted", Settings(seq_len=5, n_samples=1))
    assert torch.equal(torch.get_rng_state(), state)


def test_formation_names_the_step(planted: PlantedModel) -> None:
    """The curve is the best score by step, and induction forms at the step where it rises."""
    formation = measure_formation(TrainingRun("run", checkpoints()), 25, 2)
    best = compute_induction_scores(planted.model, 25, 2).max()
    assert formation.steps == (0, 200, 900)
    assert formation.scores[1:] == (best, best)
    assert formation.formed_at == 200


def test_a_run_without_induction_has_no_formation_step() -> None:
    """A run without an induction head has no step of formation."""
    model = load_model("generic-2x2@1/10000", "cpu")
    assert measure_formation(TrainingRun("run", [(0, model)]), 25, 2).formed_at is None


def test_errors_about_checkpoints_name_the_run() -> None:
    """An error about the checkpoints names their run, since they may be of another model."""
    model = load_model("generic-2x2@1", "cpu")
    with pytest.raises(ValueError, match="checkpoints run: model must have a vocabulary"):
        measure_formation(TrainingRun("run", [(0, model)]), 25, 2)


@pytest.mark.parametrize("name", ["planted-4x3@5/10000", "generic-2x1@1/10000"])
def test_json_holds_every_number(name: str) -> None:
    """The JSON parses, has sorted keys, and contains no NaN even if no head was found."""
    analysis = analyse(load_model(name, "cpu"), name, SETTINGS, TrainingRun("run", checkpoints()))
    text = to_json(analysis)
    read = json.loads(text, parse_constant=pytest.fail)
    assert text == json.dumps(read, sort_keys=True, indent=1) + "\n"
    assert read["scores"]["induction"] == analysis.scores.induction.tolist()
    assert read["best_induction"][0]["head"] == str(analysis.best_induction[0].head)
    assert read["ablations"][0]["loss"] == analysis.ablations[0].loss
    assert read["formation"]["formed_at"] == 200
    assert read["cost"]["peak_bytes"] > 0


@pytest.mark.parametrize(
    ("text", "n_bytes"),
    [("512MB", 512_000_000), ("512 MiB", 2**29), ("2GiB", 2**31), ("1.5kb", 1500), ("7B", 7)],
)
def test_sizes_are_read(text: str, n_bytes: int) -> None:
    """An `i` makes a unit binary; case and a space do not matter."""
    assert parse_size(text) == n_bytes


@pytest.mark.parametrize("text", ["", "512", "MB", "-1MB", "1e3MB", "5 PB"])
def test_malformed_sizes_are_rejected(text: str) -> None:
    """A size without a number or a known unit is an error that shows the expected form."""
    with pytest.raises(ValueError, match="written like 512MB"):
        parse_size(text)


def test_sizes_are_written_as_they_are_read() -> None:
    """Sizes are printed in the form in which they are parsed."""
    assert [format_size(2**n) for n in (9, 10, 29, 31)] == ["512 B", "1 KiB", "512 MiB", "2 GiB"]
