"""Known mistakes: each gives another answer than the reference, and breaks nothing else."""

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from jaxtyping import Float, Int
from torch import Tensor
from transformer_lens import HookedTransformer

import reference.induction_heads as reference
from grader.models import load_checkpoints
from reference.mistakes import ablation, composition, formation, loss, scores, sequences

HEADS = [(0, 1), (2, 3), (2, 0)]


def functions(module: ModuleType, *prefixes: str) -> list[Callable[..., Any]]:
    """The public functions that a module defines, of those that start so."""
    return [
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.startswith(prefixes) and function.__module__ == module.__name__
    ]


def differs(wrong: np.ndarray, right: np.ndarray) -> bool:
    """Whether an answer has another shape or is not within 1 % of the right one's range."""
    return wrong.shape != right.shape or float(abs(wrong - right).max()) > 0.01 * float(
        np.ptp(right)
    )


@pytest.mark.parametrize("mistake", functions(sequences, "sequence_"))
def test_sequences(mistake: Callable[..., Int[Tensor, "batch pos"]]) -> None:
    """A wrong sequence breaks one of the rules of right ones."""
    tokens = mistake(12, 0)
    holds = (
        tokens.shape == (1, 24)
        and torch.equal(tokens[:, :12], tokens[:, 12:])
        and bool(((tokens >= 1000) & (tokens < 10000)).all())
        and torch.equal(tokens, mistake(12, 0))
    )
    assert not holds


@pytest.mark.parametrize("mistake", functions(sequences, "accuracy_"))
def test_accuracies(model: HookedTransformer, mistake: Callable[..., float]) -> None:
    """A wrong accuracy is another number where the model continues sequences at all."""
    right = reference.test_induction_accuracy(model, 12, 3)
    if right == 0.0:
        pytest.skip("the model continues no sequence")
    assert mistake(model, 12, 3) != pytest.approx(right, abs=0.01)


@pytest.mark.parametrize("mistake", functions(scores, "induction_"))
def test_induction_scores(generic: HookedTransformer, mistake: Callable[..., np.ndarray]) -> None:
    """Wrong induction scores are others already on generic weights."""
    assert differs(mistake(generic, 12, 3), reference.compute_induction_scores(generic, 12, 3))


@pytest.mark.parametrize("mistake", functions(scores, "prev_"))
def test_prev_token_scores(generic: HookedTransformer, mistake: Callable[..., np.ndarray]) -> None:
    """Wrong previous-token scores are others on the same draws."""
    torch.manual_seed(0)
    right = reference.compute_prev_token_scores(generic, 12, 3)
    torch.manual_seed(0)
    assert differs(mistake(generic, 12, 3), right)


@pytest.mark.parametrize("mistake", functions(composition, "k_"))
def test_k_compositions(generic: HookedTransformer, mistake: Callable[..., float]) -> None:
    """Wrong compositions are others for some pair of heads of a model with generic weights."""
    pairs = [(0, 1, 2, 3), (1, 0, 2, 1), (1, 2, 1, 3), (2, 0, 0, 1)]
    wrong = np.array([mistake(generic, *pair) for pair in pairs])
    right = np.array([reference.compute_k_composition(generic, *pair) for pair in pairs])
    assert differs(wrong, right)


@pytest.mark.parametrize("mistake", functions(ablation, "ablate_"))
def test_ablations(
    generic: HookedTransformer, mistake: Callable[..., Float[Tensor, "batch pos d_vocab"]]
) -> None:
    """Wrong ablations give other logits by one method at least, or leave hooks behind."""
    tokens = reference.create_repeated_sequence(12, 0)
    unlike = [
        not torch.allclose(
            mistake(generic, tokens, HEADS, method),
            reference.ablate_heads(generic, tokens, HEADS, method),
            atol=1e-3,
        )
        for method in ("zero", "mean")
    ]
    left = any(hook.fwd_hooks for hook in generic.hook_dict.values())
    generic.reset_hooks()
    assert any(unlike) or left
    assert left == (mistake is ablation.ablate_leaves_hooks)


@pytest.mark.parametrize("mistake", functions(loss, "loss_"))
def test_losses(generic: HookedTransformer, mistake: Callable[..., tuple[float, float]]) -> None:
    """A wrong loss is another one, with heads ablated or without."""
    wrong = [mistake(generic, 9, heads, 3) for heads in (None, HEADS)]
    right = [reference.measure_induction_loss(generic, 9, heads, 3) for heads in (None, HEADS)]
    assert not np.allclose(wrong, right, rtol=0, atol=1e-3)


def test_accuracy_in_percent(model: HookedTransformer) -> None:
    """An accuracy in percent is a hundred times the right one, which is not zero."""
    right_loss, right = reference.measure_induction_loss(model, 9, None, 2)
    expected = pytest.approx((right_loss, 100 * right), rel=1e-5)
    assert loss.accuracy_percent(model, 9, None, 2) == expected
    if right == 0.0:
        pytest.skip("the model continues no sequence")


@pytest.mark.parametrize("module", [sequences, scores, composition, ablation, loss])
def test_each_says_what_is_wrong(module: ModuleType) -> None:
    """The docstring of a mistake is one line."""
    public = [function for function in functions(module, "") if function.__name__[0] != "_"]
    assert public
    assert all(function.__doc__ and "\n" not in function.__doc__ for function in public)


@pytest.mark.parametrize("mistake", functions(formation, "formation_"))
def test_formations(mistake: Callable[..., tuple[np.ndarray, int]]) -> None:
    """A wrong formation has other scores, or another step in one of a run and its beginning."""
    run = [model for _, model in load_checkpoints("trained-2x4@1")]
    pairs = [
        (mistake(part, 10, 3), reference.induction_formation(part, 10, 3))
        for part in (run, run[:2])
    ]
    assert any(wrong[1] != right[1] or differs(wrong[0], right[0]) for wrong, right in pairs)
