"""Tests that each accepted variant gives the reference's answer, apart from the choice it makes."""

import ast
import copy
import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from jaxtyping import Float
from transformer_lens import HookedTransformer

import reference.induction_heads as reference
from grader.kernel.figure_data import heatmaps_of_figure
from grader.models import load_checkpoints, load_model
from reference import variants
from reference.variants import (
    ablation,
    accuracy,
    composition,
    exercises,
    formation,
    induction_scores,
    loss,
    prev_token_scores,
    sequences,
)

HEADS = [(0, 1), (2, 3), (2, 0)]
GROUPS = {"early": [(0, 1), (1, 0)], "none": [], "late": [(2, 3)]}
PROMPT = "Harry met Harry Potter. HARRY and Ron saw harry and Harry"
REPLACED = {
    "sequence": "create_repeated_sequence",
    "accuracy": "test_induction_accuracy",
    "induction_scores": "compute_induction_scores",
    "prev_token_scores": "compute_prev_token_scores",
    "k_composition": "compute_k_composition",
    "mean_ablation": "ablate_heads",
    "ablate": "ablate_heads",
    "measure_loss": "measure_induction_loss",
    "pattern": "plot_attention_pattern",
    "effects": "ablation_effects",
    "language": "natural_language_induction",
    "formation": "induction_formation",
}
FILES = sorted(Path(variants.__file__).parent.glob("[a-z]*.py"))


def alike(module: ModuleType, prefix: str) -> list[Callable[..., Any]]:
    """Return a module's functions with a name prefix that give the reference's numbers."""
    return [
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.startswith(prefix) and name not in variants.__all__
    ]


def close(answer: object, expected: object) -> None:
    """Assert that an answer of any container type equals the reference's."""
    np.testing.assert_allclose(np.asarray(answer), np.asarray(expected), rtol=0, atol=1e-4)


@pytest.fixture(params=["model", "generic"])
def subject(request: pytest.FixtureRequest) -> HookedTransformer:
    """Return a planted circuit and a model of generic weights, one after the other."""
    model: HookedTransformer = request.getfixturevalue(request.param)
    return model


@pytest.fixture(scope="module")
def often_wrong() -> HookedTransformer:
    """Return a model whose accuracy is neither 0 nor 1."""
    return load_model("planted-4x3@5/10000", "cpu")


@pytest.fixture(scope="module")
def runs() -> list[list[HookedTransformer]]:
    """Return a training run, its end, and its beginning, in which no head forms."""
    run = [model for _, model in load_checkpoints("trained-2x4@0", "cpu")]
    return [run, run[::-1], run[:2]]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_variant_calls_what_it_replaces(file: Path) -> None:
    """No variant calls the lab's function, because it will itself be bound to that name."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            named = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
            replaced = next(lab for start, lab in REPLACED.items() if node.name.startswith(start))
            assert replaced not in named, node.name


def test_every_file_is_read() -> None:
    """MODULES lists every file."""
    assert sorted(variants.MODULES) == [file.stem for file in FILES]


@pytest.mark.parametrize("variant", alike(sequences, "sequence"))
def test_sequences(variant: Callable[..., torch.Tensor]) -> None:
    """Each variant draws one row of two equal halves in range, the same for the same seed."""
    tokens = variant(60, seed=3)
    assert tokens.dtype == torch.int64
    assert tokens.shape == (1, 120)
    assert torch.equal(tokens[:, :60], tokens[:, 60:])
    assert 1000 <= int(tokens.min()) < int(tokens.max()) < 10000
    assert len(tokens.unique()) > 50
    assert torch.equal(variant(60, seed=3), tokens)
    assert not torch.equal(variant(60, seed=4), tokens)
    assert not torch.equal(variant(60), variant(60))


@pytest.mark.parametrize("variant", alike(accuracy, "accuracy"))
def test_accuracies(
    subject: HookedTransformer, often_wrong: HookedTransformer, variant: Callable[..., float]
) -> None:
    """Each variant counts the same right predictions as the reference."""
    for model in (subject, often_wrong):
        close(variant(model, 9, 4), reference.test_induction_accuracy(model, 9, 4))
    assert 0.1 < variant(often_wrong, seq_len=9, n_tests=4) < 0.9


@pytest.mark.parametrize("variant", alike(induction_scores, "induction_scores"))
def test_induction_scores(subject: HookedTransformer, variant: Callable[..., object]) -> None:
    """Each variant reads the same stripe as the reference."""
    close(variant(subject, 7, 3), reference.compute_induction_scores(subject, 7, 3))


@pytest.mark.parametrize(
    "variant",
    [variants.induction_scores_diagonal, variants.induction_scores_without_last_position],
)
def test_one_position_more_or_less(
    model: HookedTransformer, variant: Callable[..., Float[np.ndarray, "n_layers n_heads"]]
) -> None:
    """Including or excluding one of 25 positions changes a score by at most its share."""
    scores = reference.compute_induction_scores(model, 25, 3)
    np.testing.assert_allclose(variant(model, 25, 3), scores, rtol=0, atol=1 / 24)


@pytest.mark.parametrize("variant", alike(prev_token_scores, "prev_token_scores"))
def test_prev_token_scores(subject: HookedTransformer, variant: Callable[..., object]) -> None:
    """Each variant reads the reference's diagonal; those with other draws come close to it."""
    torch.manual_seed(9)
    expected = reference.compute_prev_token_scores(subject, 20, 8)
    torch.manual_seed(9)
    scores = np.asarray(variant(subject, 20, 8))
    otherwise = any(word in variant.__name__ for word in ("numpy", "hooks"))
    np.testing.assert_allclose(scores, expected, rtol=0, atol=0.1 if otherwise else 1e-4)


def test_seeded_prev_token_scores(model: HookedTransformer) -> None:
    """Seeding changes which tokens are drawn, but not which heads are found."""
    torch.manual_seed(9)
    scores = reference.compute_prev_token_scores(model, 40, 4)
    np.testing.assert_allclose(
        variants.prev_token_scores_seeded(model, 40, 4), scores, rtol=0, atol=0.1
    )


@pytest.mark.parametrize("variant", alike(composition, "k_composition"))
def test_k_compositions(subject: HookedTransformer, variant: Callable[..., float]) -> None:
    """Each variant gives the reference's ratio, and 0 if the target is not later."""
    for pair in ((0, 1, 2, 3), (1, 0, 2, 4), (0, 2, 1, 2)):
        answer = float(variant(subject, *pair))
        assert answer == pytest.approx(
            reference.compute_k_composition(subject, *pair), rel=1e-4, abs=1e-6
        )
    for pair in ((2, 0, 2, 1), (2, 1, 1, 0)):
        assert variant(subject, *pair) == 0


def test_printed_k_composition_is_another_number(generic: HookedTransformer) -> None:
    """On generic weights the printed formula and the corrected one differ."""
    printed = variants.k_composition_as_printed(generic, 0, 1, 2, 3)
    assert abs(printed - reference.compute_k_composition(generic, 0, 1, 2, 3)) > 0.01
    assert variants.k_composition_as_printed(generic, 2, 0, 2, 1) == 0.0


def test_printed_k_composition_reads_the_other_side(generic: HookedTransformer) -> None:
    """For a source with a symmetric OV circuit the printed and the corrected formula agree."""
    symmetric = copy.deepcopy(generic)
    with torch.no_grad():
        symmetric.blocks[0].attn.W_O[1] = symmetric.blocks[0].attn.W_V[1].T
    printed = variants.k_composition_as_printed(symmetric, 0, 1, 2, 3)
    assert printed == pytest.approx(
        reference.compute_k_composition(symmetric, 0, 1, 2, 3), rel=1e-5
    )


@pytest.mark.parametrize("heads", [HEADS, HEADS[::-1], []], ids=["some", "reversed", "none"])
@pytest.mark.parametrize("method", ["zero", "mean"])
@pytest.mark.parametrize("variant", alike(ablation, "ablate_"))
def test_ablations(
    subject: HookedTransformer,
    variant: Callable[..., torch.Tensor],
    method: str,
    heads: Sequence[tuple[int, int]],
) -> None:
    """Each variant gives the reference's logits for any order of heads, and leaves no hook."""
    tokens = torch.cat([reference.create_repeated_sequence(4, seed=seed) for seed in range(2)])
    expected = reference.ablate_heads(subject, tokens, heads, method)
    answer = variant(subject, tokens, heads, method=method)
    torch.testing.assert_close(answer, expected, rtol=1e-4, atol=1e-4)
    assert not any(hook.fwd_hooks for hook in subject.hook_dict.values())


def test_printed_mean_ablation_is_zero_ablation_too(generic: HookedTransformer) -> None:
    """Variants differ only in the mean: their zero ablation equals the reference's."""
    tokens = reference.create_repeated_sequence(8, 0)
    expected = reference.ablate_heads(generic, tokens, HEADS)
    assert torch.equal(variants.mean_ablation_as_printed(generic, tokens, HEADS), expected)
    mean = variants.mean_ablation_as_printed(generic, tokens, HEADS, "mean")
    assert not torch.allclose(mean, reference.ablate_heads(generic, tokens, HEADS, "mean"))


@pytest.mark.parametrize("heads", [None, HEADS], ids=["none", "some"])
@pytest.mark.parametrize("variant", alike(loss, "measure_loss"))
def test_losses(
    subject: HookedTransformer,
    variant: Callable[..., tuple[float, float]],
    heads: Sequence[tuple[int, int]] | None,
) -> None:
    """Each variant measures the reference's loss and accuracy."""
    close(variant(subject, 6, heads, 3), reference.measure_induction_loss(subject, 6, heads, 3))


@pytest.mark.parametrize("variant", alike(loss, "measure_loss"))
def test_losses_where_some_predictions_are_wrong(
    often_wrong: HookedTransformer, variant: Callable[..., tuple[float, float]]
) -> None:
    """Accuracy equals the reference's on a model where it is neither 0 nor 1."""
    expected = reference.measure_induction_loss(often_wrong, 9, None, 4)
    assert 0.1 < expected[1] < 0.9
    close(variant(often_wrong, 9, n_samples=4), expected)


@pytest.mark.parametrize("variant", alike(exercises, "pattern"))
def test_patterns(subject: HookedTransformer, variant: Callable[..., object]) -> None:
    """Each variant draws the pattern with one row per query, and leaves no figure open."""
    tokens = reference.create_repeated_sequence(5, seed=1)
    expected = heatmaps_of_figure(reference.plot_attention_pattern(subject, tokens, 2, 1))
    close(heatmaps_of_figure(variant(subject, tokens, 2, 1)), expected)
    assert plt.get_fignums() == []


@pytest.mark.parametrize("variant", alike(exercises, "effects"))
def test_effects(
    subject: HookedTransformer, variant: Callable[..., dict[str, tuple[float, float]]]
) -> None:
    """Each variant measures the reference's groups and baseline."""
    expected = reference.ablation_effects(subject, GROUPS, 5, 2)
    effects = variant(subject, GROUPS, seq_len=5, n_samples=2)
    assert effects.keys() == expected.keys()
    for name, measured in effects.items():
        close(measured, expected[name])


@pytest.mark.parametrize("variant", alike(exercises, "language"))
def test_language(model: HookedTransformer, variant: Callable[..., object]) -> None:
    """Each variant finds the word's latest earlier occurrence, ignoring case."""
    for prompt in (PROMPT, "Harry Potter is a wizard. Harry"):
        expected = reference.natural_language_induction(model, prompt, HEADS)
        close(variant(model, prompt, HEADS), expected)


@pytest.mark.parametrize("variant", alike(formation, "formation"))
def test_formations(
    runs: list[list[HookedTransformer]], variant: Callable[..., tuple[object, int]]
) -> None:
    """Each variant gives the reference's best scores and its checkpoint of formation."""
    for run in runs:
        scores, index = variant(run, seq_len=10, n_samples=2)
        expected = reference.induction_formation(run, 10, 2)
        close(scores, expected[0])
        assert index == expected[1]
