"""Tests the docstrings and annotations of the reference's functions."""

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest

import reference.induction_heads as reference

FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: function
    for name in reference.__all__
    if inspect.isfunction(function := getattr(reference, name))
}
LAB = [
    "create_repeated_sequence",
    "test_induction_accuracy",
    "compute_induction_scores",
    "compute_prev_token_scores",
    "compute_k_composition",
    "compute_compositions",
    "ablate_heads",
    "measure_induction_loss",
    "plot_attention_pattern",
    "ablation_effects",
    "natural_language_induction",
    "induction_formation",
]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_arguments_results_and_errors_are_described(name: str) -> None:
    """Each parameter has a line, and so have the return value and the exceptions."""
    function = inspect.unwrap(FUNCTIONS[name])
    text, signature = inspect.getdoc(function) or "", inspect.signature(function)
    described = re.findall(r"^    \*{0,2}(\w+):", text.partition("Args:")[2], re.MULTILINE)
    assert set(signature.parameters) <= set(described)
    returned = str(signature.return_annotation)
    assert "Returns:" in text or "Yields:" in text or "None" in returned
    if "raise ValueError" in inspect.getsource(function):
        assert "Raises:" in text


@pytest.mark.parametrize("name", LAB)
def test_the_labs_functions_give_their_source_and_errors(name: str) -> None:
    """A function's module cites its paper, and its docstring lists the ValueErrors."""
    function = inspect.unwrap(FUNCTIONS[name])
    module = inspect.getmodule(function)
    assert re.search(r"et\s+al\.\s+\(20\d\d\)", inspect.getdoc(module) or "")
    assert "ValueError" in (inspect.getdoc(function) or "")


@pytest.mark.parametrize("name", LAB)
def test_tensors_and_arrays_have_axes(name: str) -> None:
    """Every tensor and array in a signature names its axes."""
    signature = inspect.signature(inspect.unwrap(FUNCTIONS[name]))
    annotations = [p.annotation for p in signature.parameters.values()]
    for annotation in map(str, [*annotations, signature.return_annotation]):
        assert not re.search(r"(?<![\w.])(?:torch\.)?Tensor'?>|ndarray'>", annotation)
