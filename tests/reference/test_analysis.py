"""The analysis of a model: values, against what is known of it."""

import json
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from grader.models import Head, PlantedModel, load_model, plant
from reference.analysis import Analysis, Settings, analyse
from reference.analysis.ablations import draw_control
from reference.analysis.record import to_json
from reference.analysis.size import size_bytes, size_text
from reference.analysis.training import TrainingRun, follow
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
    """A model whose circuit is known."""
    return plant(5, 4, 3, 10000)


@pytest.fixture(scope="module")
def analysis(planted: PlantedModel) -> Analysis:
    """What is found out about it."""
    return analyse(planted.model, "planted", SETTINGS)


def checkpoints() -> Iterator[tuple[int, Model]]:
    """A training run in which nothing is there at first, and induction from step 200 on."""
    blank = plant(5, 4, 3, 10000).model
    for weight in blank.parameters():
        weight.zero_()
    yield 0, blank
    yield 200, plant(5, 4, 3, 10000).model
    yield 900, plant(5, 4, 3, 10000).model


def test_labels_are_the_planted_truth(planted: PlantedModel, analysis: Analysis) -> None:
    """Scores alone tell what every head was planted as; the rest has no label."""
    circuit, scores = planted.circuit, analysis.scores
    truth: dict[Head, tuple[str, ...]] = {row.head: (str(row.kind),) for row in circuit.heads}
    truth |= dict.fromkeys(circuit.induction, ("strong induction",))
    truth |= dict.fromkeys(circuit.first_position, ())
    found = {head: scores.of(Head(*head)).labels for head in np.ndindex(4, 3)}
    assert found == {head: truth.get(Head(*head), ()) for head in np.ndindex(4, 3)}
    assert analysis.induction_heads == circuit.induction
    assert analysis.prev_token_heads == circuit.previous_token
    assert analysis.duplicate_token_heads == circuit.duplicate_token


def test_numbers_are_the_references(planted: PlantedModel, analysis: Analysis) -> None:
    """The analysis measures nothing of its own."""
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
    """Composition is above that of other pairs, and ablating the circuit is what costs."""
    pairs = analysis.compositions
    assert pairs.circuit.k is not None
    assert pairs.model.k is not None
    assert pairs.circuit.k > 1.5 * pairs.model.k
    cost = {(row.group, row.control): row.loss_change or 0.0 for row in analysis.ablations}
    for group in ("induction heads", "previous-token heads"):
        assert cost[group, False] > 20 * abs(cost[group, True])


def test_controls_match_and_keep_away(planted: PlantedModel, analysis: Analysis) -> None:
    """As many random heads as the group has, none of either group, the same for the same seed."""
    groups = {row.group: row.heads for row in analysis.ablations if not row.control}
    circuit = {head for heads in groups.values() for head in heads}
    for row in analysis.ablations:
        if row.control:
            assert len(set(row.heads)) == len(groups[row.group])
            assert not circuit & set(row.heads)
            assert row.heads == draw_control(planted.model, groups, len(row.heads), seed=3)
    drawn = {draw_control(planted.model, groups, 2, seed) for seed in range(9)}
    assert len(drawn) > 1
    assert draw_control(planted.model, groups, 99, seed=0) == ()


def test_the_global_generator_is_left_alone(planted: PlantedModel) -> None:
    """Random tokens are drawn with the seed that is asked for, and nobody else notices."""
    state = torch.get_rng_state()
    analyse(planted.model, "planted", Settings(seq_len=5, n_samples=1))
    assert torch.equal(torch.get_rng_state(), state)


def test_formation_names_the_step(planted: PlantedModel) -> None:
    """The curve is the best score by step, and induction forms where it rises."""
    formation = follow(TrainingRun("run", checkpoints()), 25, 2)
    best = compute_induction_scores(planted.model, 25, 2).max()
    assert formation.steps == (0, 200, 900)
    assert formation.scores[1:] == (best, best)
    assert formation.formed_at == 200


def test_no_formation_is_no_step() -> None:
    """A model without an induction head has not formed one at any step."""
    model = load_model("generic-2x2@1/10000", "cpu")
    assert follow(TrainingRun("run", [(0, model)]), 25, 2).formed_at is None


def test_unfit_checkpoints_are_named() -> None:
    """What does not fit the checkpoints says so, for the model may be another."""
    model = load_model("generic-2x2@1", "cpu")
    with pytest.raises(ValueError, match="checkpoints run: model must have a vocabulary"):
        follow(TrainingRun("run", [(0, model)]), 25, 2)


@pytest.mark.parametrize("name", ["planted-4x3@5/10000", "generic-2x1@1/10000"])
def test_json_holds_every_number(name: str) -> None:
    """JSON reads back, has sorted keys, and no NaN even where there is nothing to find."""
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
    """An i makes it binary; case and a space do not matter."""
    assert size_bytes(text) == n_bytes


@pytest.mark.parametrize("text", ["", "512", "MB", "-1MB", "1e3MB", "5 PB"])
def test_other_sizes_are_refused(text: str) -> None:
    """Whoever writes no unit is asked for one."""
    with pytest.raises(ValueError, match="written like 512MB"):
        size_bytes(text)


def test_sizes_are_written_as_they_are_read() -> None:
    """What is printed can be given back."""
    assert [size_text(2**n) for n in (9, 10, 29, 31)] == ["512 B", "1 KiB", "512 MiB", "2 GiB"]
