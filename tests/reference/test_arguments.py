"""Tests that invalid arguments raise a ValueError that names argument, value and limits."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from transformer_lens import HookedTransformer

import reference.induction_heads as reference
from grader.models import load_model
from tests.reference.test_notebook import FILES, cell

Call = Callable[[Any, Any], object]


@pytest.fixture(scope="module")
def unchecked() -> dict[str, Any]:
    """Return the reference run as notebook cells, without the type checks that tests add to it."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for file in FILES:
        exec(compile(cell(file), file.name, "exec"), names)  # noqa: S102
    return names


LENGTHS = {
    "test_induction_accuracy": ("n_tests", 2, 64),
    "compute_induction_scores": ("n_samples", 1, 64),
    "compute_prev_token_scores": ("n_samples", 2, 128),
    "measure_induction_loss": ("n_samples", 2, 64),
}


@pytest.mark.parametrize("function", LENGTHS)
def test_lengths_and_counts(generic: HookedTransformer, function: str) -> None:
    """A length that is too short, negative or over n_ctx, or a count below 1, is rejected."""
    measure = getattr(reference, function)
    count, least, most = LENGTHS[function]
    for wrong in (least - 1, 0, -3):
        with pytest.raises(ValueError, match=f"seq_len must be at least {least}, got {wrong}"):
            measure(generic, seq_len=wrong)
    for wrong in (0, -1):
        with pytest.raises(ValueError, match=f"{count} must be at least 1, got {wrong}"):
            measure(generic, **{count: wrong})
    message = f"seq_len must be at most {most} for this model (n_ctx = 128), got {most + 1}"
    with pytest.raises(ValueError, match=re.escape(message)):
        measure(generic, seq_len=most + 1)
    measure(generic, **{"seq_len": most, count: 1})


@pytest.mark.parametrize("function", LENGTHS)
def test_a_vocabulary_must_hold_the_tokens(function: str) -> None:
    """A model whose vocabulary is too small for the lab is rejected with both sizes."""
    message = "vocabulary of 10000 tokens or more.* drawn from 1000 to 9999, got d_vocab = 9999"
    with pytest.raises(ValueError, match=message):
        getattr(reference, function)(load_model("generic-2x3/9999", "cpu"), seq_len=5)


@pytest.mark.parametrize("function", LENGTHS)
@pytest.mark.parametrize("wrong", [2.5, "ten", None, torch.tensor(9)])
def test_lengths_are_whole(
    generic: HookedTransformer, unchecked: dict[str, Any], function: str, wrong: object
) -> None:
    """A length or count that is not a whole number is rejected by name."""
    for argument in ("seq_len", LENGTHS[function][0]):
        with pytest.raises(ValueError, match=f"{argument} must be a whole number, got"):
            unchecked[function](generic, **{argument: wrong})


def test_numpy_integers_are_whole(generic: HookedTransformer, unchecked: dict[str, Any]) -> None:
    """NumPy integers are accepted like Python's."""
    nine = np.int64(9)
    scores = unchecked["compute_induction_scores"](generic, nine, np.int32(2))
    np.testing.assert_array_equal(scores, unchecked["compute_induction_scores"](generic, 9, 2))


MODEL_CALLS: dict[str, Call] = {
    "test_induction_accuracy": lambda f, model: f(model),
    "compute_induction_scores": lambda f, model: f(model),
    "compute_prev_token_scores": lambda f, model: f(model),
    "compute_k_composition": lambda f, model: f(model, 0, 0, 1, 0),
    "compute_compositions": lambda f, model: f(model),
    "ablate_heads": lambda f, model: f(model, torch.zeros(1, 4, dtype=torch.int64), [(0, 0)]),
    "measure_induction_loss": lambda f, model: f(model),
    "plot_attention_pattern": lambda f, model: f(model, torch.zeros(1, 4, dtype=torch.int64), 0, 0),
    "ablation_effects": lambda f, model: f(model, {}),
    "natural_language_induction": lambda f, model: f(model, "a b a", [(0, 0)]),
    "induction_formation": lambda f, model: f([model]),
}


@pytest.mark.parametrize("function", MODEL_CALLS)
def test_a_model_must_be_one_of_transformer_lens(unchecked: dict[str, Any], function: str) -> None:
    """A value that is not a TransformerLens model is rejected with its type."""
    message = "model must be a HookedTransformer or TransformerBridge, got a Linear"
    with pytest.raises(ValueError, match=message):
        MODEL_CALLS[function](unchecked[function], nn.Linear(2, 2))


HOOKED = {
    "compute_induction_scores": "hook_pattern",
    "compute_prev_token_scores": "hook_pattern",
    "plot_attention_pattern": "hook_pattern",
    "ablate_heads": "hook_z",
}


@pytest.mark.parametrize("function", HOOKED)
def test_hook_points_must_be_there(function: str) -> None:
    """A model without a required hook point is rejected with the hook point's name."""
    model = load_model("generic-2x3/10000", "cpu")
    del model.hook_dict[f"blocks.0.attn.{HOOKED[function]}"]
    message = f"must have the hook point blocks.0.attn.{HOOKED[function]}"
    with pytest.raises(ValueError, match=re.escape(message)):
        MODEL_CALLS[function](getattr(reference, function), model)


TOKENS: dict[str, tuple[torch.Tensor, str]] = {
    "one dimension": (torch.zeros(4, dtype=torch.int64), r"[batch, pos], got torch.int64 [4]"),
    "three": (torch.zeros(1, 2, 3, dtype=torch.int64), "[batch, pos], got torch.int64 [1, 2, 3]"),
    "none": (torch.zeros(1, 0, dtype=torch.int64), "[batch, pos], got torch.int64 [1, 0]"),
    "fractions": (torch.zeros(1, 4), "[batch, pos], got torch.float32 [1, 4]"),
    "too many": (torch.zeros(1, 129, dtype=torch.int64), "at most 128 positions for this model"),
    "unknown": (torch.tensor([[3, 10000]]), "from 0 to 9999 for this model, got 3 to 10000"),
    "negative": (torch.tensor([[3, -2]]), "from 0 to 9999 for this model, got -2 to 3"),
}


@pytest.mark.parametrize("case", TOKENS)
@pytest.mark.parametrize("function", ["ablate_heads", "plot_attention_pattern"])
def test_tokens_are_checked(
    generic: HookedTransformer, unchecked: dict[str, Any], function: str, case: str
) -> None:
    """Tokens of a wrong shape, type, length or value are rejected with the reason."""
    tokens, message = TOKENS[case]
    rest = ([(0, 0)],) if function == "ablate_heads" else (0, 0)
    with pytest.raises(ValueError, match=re.escape(message)):
        unchecked[function](generic, tokens, *rest)


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ((3, 0), "layer must be from 0 to 2 for this model, got 3"),
        ((-1, 0), "layer must be from 0 to 2 for this model, got -1"),
        ((0, 5), "head must be from 0 to 4 for this model, got 5"),
        ((0, 1.0), "head must be a whole number, got 1.0"),
        ((0, 1, 0.9), r"must hold pairs (layer, head), got (0, 1, 0.9)"),
        (4, "must hold pairs (layer, head), got 4"),
    ],
)
def test_heads_are_checked(
    generic: HookedTransformer, unchecked: dict[str, Any], head: object, message: str
) -> None:
    """Every list of heads rejects an element that is not a pair or not a head of the model."""
    tokens = torch.zeros(1, 4, dtype=torch.int64)
    for function, arguments in (
        ("ablate_heads", (tokens, [(0, 0), head])),
        ("measure_induction_loss", (9, [head])),
        ("ablation_effects", ({"group": [head]},)),
        ("natural_language_induction", ("a", [head])),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            unchecked[function](generic, *arguments)


def test_methods_and_kinds_are_named(generic: HookedTransformer, unchecked: dict[str, Any]) -> None:
    """An unknown ablation method or kind of composition is rejected with the known ones."""
    tokens = torch.zeros(1, 4, dtype=torch.int64)
    with pytest.raises(ValueError, match="method must be one of zero, mean, got 'median'"):
        reference.ablate_heads(generic, tokens, [(0, 0)], method="median")
    with pytest.raises(ValueError, match="kind must be one of K, Q, V, got 'O'"):
        unchecked["compute_compositions"](generic, "O")


def test_a_prompt_needs_a_tokenizer_and_a_repeat(
    generic: HookedTransformer, model: HookedTransformer
) -> None:
    """A prompt is rejected if the model has no tokenizer or the prompt repeats nothing."""
    with pytest.raises(ValueError, match="model must have a tokenizer to read a prompt"):
        reference.natural_language_induction(generic, "a b a", [(0, 0)])
    for prompt in ("one two three", "", "word"):
        with pytest.raises(ValueError, match="must end in a token that occurs before its end"):
            reference.natural_language_induction(model, prompt, [(0, 0)])
    with pytest.raises(ValueError, match="tokens must have at most 1024 positions"):
        reference.natural_language_induction(model, " a" * 1100, [(0, 0)])


def test_checkpoints_are_of_one_shape() -> None:
    """Checkpoints of different shapes are rejected with both shapes."""
    names = ["generic-2x3/10000", "generic-2x3@1/10000", "generic-3x3/10000"]
    message = r"the first has .'n_layers': 2.* number 2 has .'n_layers': 3"
    with pytest.raises(ValueError, match=message):
        reference.induction_formation([load_model(name, "cpu") for name in names], 5, 1)
    with pytest.raises(ValueError, match="checkpoints must hold at least 1 model, got none"):
        reference.induction_formation([])
