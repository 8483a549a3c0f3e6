"""Tests that devices and precisions change results only by rounding."""

import copy
import warnings
from collections.abc import Callable

import numpy as np
import pytest
import torch
from transformer_lens import HookedTransformer

import reference.induction_heads as reference
from reference.induction_heads import Model, create_repeated_sequence, memory_budget

TOKENS = create_repeated_sequence(9, seed=3)
HEADS = [(0, 1), (2, 3)]


def _seeded_prev_token_scores(model: Model) -> object:
    torch.manual_seed(5)
    return reference.compute_prev_token_scores(model, 9, 3)


MEASUREMENTS: dict[str, Callable[[Model], object]] = {
    "accuracy": lambda model: reference.test_induction_accuracy(model, 9, 3),
    "induction": lambda model: reference.compute_induction_scores(model, 9, 3),
    "previous-token": _seeded_prev_token_scores,
    "K-composition": lambda model: reference.compute_k_composition(model, 0, 1, 2, 3),
    "all compositions": lambda model: reference.compute_compositions(model, circuit=True),
    "zero ablation": lambda model: reference.ablate_heads(model, TOKENS, HEADS).cpu(),
    "mean ablation": lambda model: reference.ablate_heads(model, TOKENS, HEADS, "mean").cpu(),
    "loss": lambda model: reference.measure_induction_loss(model, 9, HEADS, 3),
    "pattern": lambda model: reference.plot_attention_pattern(model, TOKENS, 1, 2).data[0].z,
    "formation": lambda model: reference.induction_formation([model], 9, 3)[0],
}
on_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")


def close(measured: object, expected: object, atol: float) -> None:
    """Assert that numbers of any kind agree, logits to a tolerance that grows with their size."""
    array = np.asarray(expected)
    scale = max(1.0, np.abs(array).max())
    np.testing.assert_allclose(np.asarray(measured), array, rtol=0, atol=atol * scale)


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_double_precision_is_the_yardstick(generic: HookedTransformer, name: str) -> None:
    """Results in float32 equal those in float64 to 1e-5."""
    double = copy.deepcopy(generic).to(torch.float64)
    close(MEASUREMENTS[name](generic), MEASUREMENTS[name](double), 1e-5)


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_double_precision_is_kept(generic: HookedTransformer, name: str) -> None:
    """Float64 is never rounded to float32: a change of 1e-9 in the weights changes the result."""
    double = copy.deepcopy(generic).to(torch.float64)
    exact = np.asarray(MEASUREMENTS[name](double), dtype=np.float64)
    with torch.no_grad():
        for weight in double.parameters():
            weight.mul_(1 + 1e-9)
        double.blocks[0].attn.W_V[1, 0] *= 1 + 1e-7  # a ratio does not see a common factor
    moved = np.asarray(MEASUREMENTS[name](double), dtype=np.float64)
    if name != "accuracy":
        assert 0 < np.abs(moved - exact).max() < 1e-5


@pytest.mark.gpu
@on_cuda
@pytest.mark.parametrize("name", MEASUREMENTS)
def test_cuda_gives_the_cpus_numbers(generic: HookedTransformer, name: str) -> None:
    """The device changes neither the tokens nor, beyond rounding, the results."""
    expected = MEASUREMENTS[name](generic)
    close(MEASUREMENTS[name](copy.deepcopy(generic).to("cuda")), expected, 1e-4)


def waits(work: Callable[[], object]) -> int:
    """Count how often the host waits for a CUDA device."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        try:
            work()
        finally:
            torch.cuda.set_sync_debug_mode("default")
    return sum("synchroniz" in str(warning.message) for warning in warned)


@pytest.mark.gpu
@on_cuda
@pytest.mark.parametrize("name", ["accuracy", "induction", "previous-token", "loss"])
def test_cuda_is_waited_for_once(generic: HookedTransformer, name: str) -> None:
    """Apart from waits inside the model, the host waits only to copy the result."""
    model = copy.deepcopy(generic).to("cuda")
    tokens = TOKENS.to("cuda")
    MEASUREMENTS[name](model)
    assert waits(lambda: MEASUREMENTS[name](model)) <= waits(lambda: model(tokens)) + 1


@pytest.mark.gpu
@on_cuda
def test_a_thousand_samples_fit_the_budget(generic: HookedTransformer) -> None:
    """A thousand samples of long sequences take little more device memory than the budget."""
    model = copy.deepcopy(generic).to("cuda")
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    with memory_budget(2**26):
        reference.measure_induction_loss(model, 60, None, 1000)
    assert torch.cuda.max_memory_allocated() - before < 1.2 * 2**26
