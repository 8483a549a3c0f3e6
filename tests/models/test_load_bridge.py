"""Tests that both of TransformerLens's model classes give the same numbers for the same weights."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from transformer_lens import HookedTransformer
from transformer_lens.model_bridge import TransformerBridge
from transformers import GPT2Config, GPT2LMHeadModel

import reference.induction_heads as reference
from grader.errors import KernelError
from grader.models import load_bridge, load_model
from reference.induction_heads import Model

HEADS = [(0, 1), (2, 3)]
PROMPT = "Harry Potter is a wizard. Harry"
TOKENS = reference.create_repeated_sequence(9, seed=1)


def _seeded_prev_token_scores(model: Model) -> object:
    torch.manual_seed(5)
    return reference.compute_prev_token_scores(model, 9, 3)


MEASUREMENTS: dict[str, Callable[[Model], object]] = {
    "accuracy": lambda model: reference.test_induction_accuracy(model, 9, 3),
    "induction": lambda model: reference.compute_induction_scores(model, 9, 3),
    "previous-token": _seeded_prev_token_scores,
    "K-composition": lambda model: reference.compute_k_composition(model, 0, 1, 2, 3),
    "all compositions": lambda model: reference.compute_compositions(model, circuit=True),
    "zero ablation": lambda model: reference.ablate_heads(model, TOKENS, HEADS).log_softmax(-1),
    "mean ablation": lambda model: reference.ablate_heads(model, TOKENS, HEADS, "mean").softmax(-1),
    "loss": lambda model: reference.measure_induction_loss(model, 9, None, 3),
    "ablated loss": lambda model: reference.measure_induction_loss(model, 9, HEADS, 3),
    "pattern": lambda model: reference.plot_attention_pattern(model, TOKENS, 1, 2).data[0].z,
    "effects": lambda model: list(reference.ablation_effects(model, {"a": HEADS}, 9).values()),
    "language": lambda model: reference.natural_language_induction(model, PROMPT, HEADS),
    "formation": lambda model: reference.induction_formation([model], 9, 3)[0],
}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a small untrained model in GPT-2's format with Hugging Face's library."""
    folder: Path = tmp_path_factory.mktemp("tiny")
    torch.manual_seed(0)
    config = GPT2Config(n_layer=3, n_head=4, n_embd=24, n_positions=128, initializer_range=0.3)
    weights = GPT2LMHeadModel(config)
    weights.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def hooked(directory: Path) -> HookedTransformer:
    """Load that model as a HookedTransformer."""
    return load_model(str(directory), "cpu")


@pytest.fixture(scope="module")
def bridge(directory: Path) -> TransformerBridge:
    """Load that model as a TransformerBridge."""
    return load_bridge(str(directory), "cpu")


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_both_give_the_same_numbers(
    hooked: HookedTransformer, bridge: TransformerBridge, name: str
) -> None:
    """Each function of the reference gives the same result on both, to 1e-4."""
    expected, measured = (np.asarray(MEASUREMENTS[name](model)) for model in (hooked, bridge))
    np.testing.assert_allclose(measured, expected, rtol=0, atol=1e-4)


def test_the_heads_differ(hooked: HookedTransformer) -> None:
    """The heads under comparison differ, so that equal numbers are informative."""
    scores = reference.compute_induction_scores(hooked, 9, 3)
    assert scores.max() > 3 * scores.min() > 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("planted-4x3", "is constructed as a HookedTransformer and has no bridge"),
        ("gpt-small-2", "no model is called 'gpt-small-2'"),
    ],
)
def test_a_name_without_a_bridge_is_a_one_line_error(name: str, message: str) -> None:
    """A model that has no bridge is rejected with one line."""
    with pytest.raises(KernelError, match=message) as error:
        load_bridge(name, "cpu")
    assert "\n" not in str(error.value)


def test_an_empty_directory_is_a_one_line_error(tmp_path: Path) -> None:
    """A directory without weights is rejected with a line that says what belongs there."""
    with pytest.raises(KernelError, match="holds no weights") as error:
        load_bridge(str(tmp_path), "cpu")
    assert "\n" not in str(error.value)


def test_missing_weights_report_the_cache_and_the_download_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the command that fills the cache."""
    for module in ("huggingface_hub.constants", "transformers.utils.hub"):
        monkeypatch.setattr(f"{module}.HF_HUB_OFFLINE", True, raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(KernelError, match="run `hf download gpt2`"):
        load_bridge("gpt2-small", "cpu")
