"""Tests that each known mistake gives another answer than the reference, and nothing else."""

import ast
import inspect
import math
from collections import Counter
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from jaxtyping import Float, Int
from torch import Tensor
from transformer_lens import HookedTransformer

import reference.induction_heads as reference
from grader.models import gpt2_tokenizer, load_checkpoints, load_model
from grader.protocol.model_names import GPT2_VOCABULARY
from reference import mistakes
from reference.mistakes import (
    ablation,
    accuracy,
    composition,
    exercises,
    formation,
    heads,
    loss,
    prev_token,
    scores,
    sequences,
)

HEADS = [(0, 1), (2, 2), (2, 0)]  # the wrong order of layer and head gives heads too
PROMPT = "The heart of art. Then art, a heart, is an art"
MODULES = [import_module(f"reference.mistakes.{name}") for name in mistakes.MODULES]


@cache
def loaded(name: str) -> HookedTransformer:
    """Load a model once; one with GPT-2's vocabulary has its tokenizer."""
    model = load_model(name, "cpu")
    if model.tokenizer is None and model.cfg.d_vocab == GPT2_VOCABULARY:
        model.set_tokenizer(gpt2_tokenizer(add_bos_token=True))
    return model


@pytest.fixture(params=["planted-4x3@5/10000", "generic-5x3@1/10000"])
def small(request: pytest.FixtureRequest) -> HookedTransformer:
    """Return a planted circuit that is often wrong, and random weights."""
    return loaded(request.param)


def functions(module: ModuleType, *prefixes: str) -> list[Callable[..., Any]]:
    """Return the public functions of a module whose names start with a prefix."""
    return [
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.startswith(prefixes) and function.__module__ == module.__name__
    ]


def differs(wrong: np.ndarray, right: np.ndarray) -> bool:
    """Return True if an answer has another shape or deviates by over 0.5 % of the right range."""
    return wrong.shape != right.shape or float(abs(wrong - right).max()) > 0.005 * float(
        np.ptp(right)
    )


@pytest.mark.parametrize("mistake", functions(sequences, "sequence_"))
def test_sequences(mistake: Callable[..., Tensor]) -> None:
    """A wrong sequence violates one of the rules of right ones."""
    tokens = mistake(12, 0)
    holds = (
        tokens.shape == (1, 24)
        and tokens.dtype == torch.int64
        and torch.equal(tokens[:, :12], tokens[:, 12:])
        and bool(((tokens >= 1000) & (tokens < 10000)).all())
        and torch.equal(tokens, mistake(12, 0))
        and not torch.equal(tokens, mistake(12, 1))
        and not torch.equal(mistake(12), mistake(12))
        and 3000 < mistake(2000, 3).double().quantile(0.25) < 3500  # of uniform ones about 3250
    )
    assert not holds


@pytest.mark.parametrize("mistake", functions(accuracy, "accuracy_"))
def test_accuracies(mistake: Callable[..., float]) -> None:
    """A wrong accuracy differs on a model that is often right, but not always."""
    model = loaded("planted-5x3@13/10000+blurred")
    right = reference.test_induction_accuracy(model, 10, 8)
    assert 0.2 < right < 0.9
    assert mistake(model, 10, 8) != pytest.approx(right, abs=0.01)


@pytest.mark.parametrize("mistake", functions(scores, "induction_"))
def test_induction_scores(small: HookedTransformer, mistake: Callable[..., np.ndarray]) -> None:
    """Wrong scores differ on a planted circuit and on random weights, or hooks are left behind."""
    right, wrong = reference.compute_induction_scores(small, 12, 3), mistake(small, 12, 3)
    left = any(hook.fwd_hooks for hook in small.hook_dict.values())
    small.reset_hooks()
    assert left or differs(wrong, right)
    assert left == (mistake is scores.induction_scores_leaving_hooks)


@pytest.mark.parametrize("mistake", functions(prev_token, "prev_"))
def test_prev_token_scores(small: HookedTransformer, mistake: Callable[..., np.ndarray]) -> None:
    """Wrong previous-token scores differ on the same random draws."""
    torch.manual_seed(0)
    right = reference.compute_prev_token_scores(small, 12, 3)
    torch.manual_seed(0)
    assert differs(mistake(small, 12, 3), right)


def test_copying_is_the_spectrum_of_the_whole_circuit() -> None:
    """The copying score equals that from the eigenvalues of the full W_E W_V W_O W_U matrix."""
    model = loaded("generic-5x3@1/120")
    circuit = model.W_E @ model.W_V @ model.W_O @ model.W_U
    eigenvalues = torch.linalg.eigvals(circuit.double())
    expected = eigenvalues.real.sum(dim=-1) / eigenvalues.abs().sum(dim=-1)
    assert np.allclose(scores.induction_scores_copying(model), expected, atol=1e-3)


@pytest.mark.parametrize("mistake", functions(composition, "k_"))
def test_k_compositions(mistake: Callable[..., float]) -> None:
    """Wrong compositions differ on random weights; on a planted circuit some are equal."""
    model = loaded("generic-5x3@1/10000")
    pairs = [(0, 1, 2, 2), (1, 0, 2, 1), (1, 2, 1, 1), (2, 0, 0, 1)]
    wrong = np.array([mistake(model, *pair) for pair in pairs])
    right = np.array([reference.compute_k_composition(model, *pair) for pair in pairs])
    assert differs(wrong, right)


@pytest.mark.parametrize("mistake", functions(ablation, "ablate_"))
def test_ablations(
    small: HookedTransformer, mistake: Callable[..., Float[Tensor, "batch pos d_vocab"]]
) -> None:
    """Wrong ablations give other logits with at least one method, or leave hooks behind."""
    tokens = torch.cat([reference.create_repeated_sequence(12, seed) for seed in range(2)])
    unlike = []
    for method in ("zero", "mean"):
        right = reference.ablate_heads(small, tokens, HEADS, method)
        wrong = mistake(small, tokens, HEADS, method)
        unlike.append(wrong.shape != right.shape or not torch.allclose(wrong, right, atol=1e-3))
    left = any(hook.fwd_hooks for hook in small.hook_dict.values())
    small.reset_hooks()
    assert any(unlike) or left
    assert left == (mistake is ablation.ablate_leaves_hooks)


@pytest.mark.parametrize("mistake", functions(loss, "loss_"))
def test_losses(small: HookedTransformer, mistake: Callable[..., tuple[float, float]]) -> None:
    """A wrong loss differs, with or without heads ablated."""
    for heads_to_ablate in (None, HEADS):
        wrong = mistake(small, 9, heads_to_ablate, 3)
        right = reference.measure_induction_loss(small, 9, heads_to_ablate, 3)
        if any(np.shape(part) for part in wrong):
            return
        if not np.allclose(wrong, right, rtol=0, atol=1e-3):
            return
    pytest.fail("right with and without ablation")


def test_accuracy_in_percent() -> None:
    """An accuracy in percent is a hundred times the right one, which is not zero."""
    model = loaded("planted-4x3@5/10000")
    right_loss, right = reference.measure_induction_loss(model, 9, None, 2)
    assert right > 0
    expected = pytest.approx((right_loss, 100 * right), rel=1e-5)
    assert loss.accuracy_percent(model, 9, None, 2) == expected


@pytest.mark.parametrize("mistake", functions(exercises, "pattern_"))
def test_patterns(small: HookedTransformer, mistake: Callable[..., go.Figure | np.ndarray]) -> None:
    """A wrong figure shows another matrix, or is not a figure."""
    tokens: Int[Tensor, "1 pos"] = reference.create_repeated_sequence(6, 0)
    right = reference.plot_attention_pattern(small, tokens, 2, 1)
    wrong = mistake(small, tokens, 2, 1)
    assert not isinstance(wrong, go.Figure) or differs(wrong.data[0].z, right.data[0].z)


@pytest.mark.parametrize("mistake", functions(exercises, "effects_"))
def test_effects(small: HookedTransformer, mistake: Callable[..., dict[str, Any]]) -> None:
    """Wrong effects have other groups or other numbers."""
    groups = {"one": HEADS[:2], "two": HEADS[2:]}
    wrong = mistake(small, groups, 9, 3)
    right = reference.ablation_effects(small, groups, 9, 3)
    assert wrong.keys() != right.keys() or any(
        np.shape(wrong[name]) != (2,) or not np.allclose(wrong[name], right[name], atol=1e-3)
        for name in right
    )


@pytest.mark.parametrize("name", ["planted-12x12", "generic-5x3@1/50257"])
@pytest.mark.parametrize("mistake", functions(exercises, "language_"))
def test_language(name: str, mistake: Callable[..., np.ndarray | float]) -> None:
    """Wrong attention differs for some head."""
    model = loaded(name)
    heads = [(layer, head) for layer in range(model.cfg.n_layers) for head in range(3)]
    right = reference.natural_language_induction(model, PROMPT, heads)
    assert differs(np.array(mistake(model, PROMPT, heads)), right)


@pytest.mark.parametrize("mistake", functions(formation, "formation_"))
def test_formations(mistake: Callable[..., tuple[np.ndarray, int]]) -> None:
    """A wrong formation has other scores, or another step, on a run or on its beginning."""
    run = [model for _, model in load_checkpoints("trained-2x4@1")]
    pairs = [
        (mistake(part, 10, 3), reference.induction_formation(part, 10, 3))
        for part in (run, run[:2])
    ]
    assert any(wrong[1] != right[1] or differs(wrong[0], right[0]) for wrong, right in pairs)


def test_heads_of_a_layer() -> None:
    """The mistaken list contains all heads of one layer and no others, best first."""
    matrix = np.array([[0.9, 0.8, 0.7], [0.1, 0.3, 0.2]])
    assert heads.heads_of_layer(matrix, 1) == [(1, 1, 0.3), (1, 2, 0.2), (1, 0, 0.1)]


def test_heads_by_copying_are_others() -> None:
    """The mistaken list has ten heads, best first, that are not the planted induction heads."""
    model = loaded("planted-12x12")
    copying = heads.heads_by_copying(model)
    best = [score for _, _, score in copying]
    assert (len(best), best) == (10, sorted(best, reverse=True))
    right = reference.top_heads(reference.compute_induction_scores(model, 10, 3), above=0.15)
    assert {head[:2] for head in copying} != {head[:2] for head in right}
    assert not math.isclose(best[0], right[0][2], abs_tol=0.01)


@pytest.mark.parametrize("module", MODULES, ids=mistakes.MODULES)
def test_each_says_what_is_wrong(module: ModuleType) -> None:
    """A mistake's docstring is one line."""
    public = [function for function in functions(module, "") if function.__name__[0] != "_"]
    assert public
    assert all(function.__doc__ and "\n" not in function.__doc__ for function in public)


def test_names_stand_for_one_thing() -> None:
    """Run as cells of one notebook, no file redefines a name of another file."""
    folder = Path(mistakes.__file__).parents[1]
    files = [*folder.glob("induction_heads/*.py"), *folder.glob("mistakes/*.py")]
    files += [*folder.glob("variants.py"), *folder.glob("variants/*.py")]
    files = [file for file in files if file.name != "__init__.py"]
    defined: Counter[str] = Counter()
    for file in files:
        defined.update({name for node in ast.parse(file.read_text()).body for name in names(node)})
    assert [name for name, times in defined.items() if times > 1] == []


def names(node: ast.stmt) -> list[str]:
    """Return the names that a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]
