"""Tests forward passes: the memory budget, precision, and synchronisation with the device."""

from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch.profiler import ProfilerActivity, profile
from transformer_lens import HookedTransformer, HookedTransformerConfig

import reference.induction_heads as reference
from reference.induction_heads import Model, forward_batches, memory_budget, sequence_bytes

HEADS = [(0, 1), (1, 0)]
MEASUREMENTS: dict[str, Callable[[Model], object]] = {
    "accuracy": lambda model: reference.test_induction_accuracy(model, 9, 4),
    "induction": lambda model: reference.compute_induction_scores(model, 9, 4),
    "previous": lambda model: reference.compute_prev_token_scores(model, 9, 4),
    "K-composition": lambda model: reference.compute_k_composition(model, 0, 0, 1, 1),
    "loss": lambda model: reference.measure_induction_loss(model, 9, None, 4),
    "ablated loss": lambda model: reference.measure_induction_loss(model, 9, HEADS, 4),
    "compositions": lambda model: reference.compute_compositions(model, circuit=True),
}
NUMBERS = {"accuracy": 1, "K-composition": 1, "ablated loss": 8}
"""Reads of results, and of each batch's smallest and largest token, which are on the CPU here."""


def shaped(n_heads: int, d_head: int, *, attn_only: bool) -> HookedTransformer:
    """Return a two-layer model whose largest tensors depend on its shape."""
    cfg = HookedTransformerConfig(
        n_layers=2,
        n_heads=n_heads,
        d_model=96,
        d_head=d_head,
        n_ctx=128,
        d_vocab=10000,
        attn_only=attn_only,
        act_fn="gelu_new",
        normalization_type="LNPre",
        device="cpu",
        seed=0,
    )
    return HookedTransformer(cfg).eval().requires_grad_(requires_grad=False)


def peak_bytes(measure: Callable[[], object]) -> int:
    """Return the peak memory allocated by a function, above the memory allocated before."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiled:
        measure()
    now = most = 0
    for event in profiled.profiler.kineto_results.events():
        if event.name() == "[memory]":
            now += event.nbytes()
            most = max(most, now)
    return most


def host_reads(measure: Callable[[], object]) -> int:
    """Count how often the host reads a number from a tensor, as `.item()` and `if` do."""
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        measure()
    return sum(event.name == "aten::_local_scalar_dense" for event in profiled.events() or ())


@pytest.mark.parametrize("n_bytes", [1, 10**5, 10**12])
def test_batches_keep_every_sequence_in_order(generic: HookedTransformer, n_bytes: int) -> None:
    """The batches concatenate to the sequences, and only batches of one exceed the budget."""
    tokens = torch.arange(300 * 10).view(300, 10)
    with memory_budget(n_bytes):
        batches = forward_batches(generic, tokens)
    assert torch.equal(torch.cat(batches), tokens)
    size = sequence_bytes(generic, 10, logits=False)
    assert all(len(batch) == 1 or len(batch) * size <= n_bytes for batch in batches)
    assert (len(batches) == 1) == (n_bytes == 10**12)


@pytest.mark.parametrize("attn_only", [True, False])
@pytest.mark.parametrize(("n_heads", "d_head"), [(12, 8), (2, 128)])
def test_a_pass_takes_what_is_estimated(n_heads: int, d_head: int, *, attn_only: bool) -> None:
    """A pass takes the estimated memory to a factor of three, and never much more."""
    model = shaped(n_heads, d_head, attn_only=attn_only)
    for name, logits in (("induction", False), ("ablated loss", True), ("accuracy", True)):
        estimate = 4 * sequence_bytes(model, 18, logits=logits)
        taken = peak_bytes(partial(MEASUREMENTS[name], model))
        assert estimate / 3 <= taken <= 1.1 * estimate


def test_the_budget_bounds_many_samples(generic: HookedTransformer) -> None:
    """A thousand samples take no more memory than the budget plus their results."""
    budget = 2**22
    with memory_budget(budget):
        taken = peak_bytes(lambda: reference.compute_induction_scores(generic, 9, 1000))
    assert taken <= budget + 1000 * 18 * 16
    assert sequence_bytes(generic, 18, logits=False) * 1000 > 4 * budget


def test_the_budget_ends_with_its_block() -> None:
    """A budget applies within its block, ends with it even after an error, and must be positive."""
    model = shaped(2, 8, attn_only=True)
    tokens = torch.zeros(2000, 10, dtype=torch.int64)
    before = len(forward_batches(model, tokens))
    with memory_budget(1):
        assert len(forward_batches(model, tokens)) == len(tokens)
    with pytest.raises(ZeroDivisionError), memory_budget(1):
        _ = 1 / 0
    assert len(forward_batches(model, tokens)) == before
    with pytest.raises(ValueError, match="n_bytes must be at least 1, got 0"), memory_budget(0):
        pass


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_the_host_reads_results_only(generic: HookedTransformer, name: str) -> None:
    """No function reads a number from the device before its result."""
    with memory_budget(1):
        assert host_reads(lambda: MEASUREMENTS[name](generic)) == NUMBERS.get(name, 0)


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_products_are_exact_and_settings_kept(generic: HookedTransformer, name: str) -> None:
    """Products are computed in full float32 whatever the global setting, which is restored."""
    seen: set[str] = set()
    handle = generic.blocks[1].register_forward_pre_hook(
        lambda *_: seen.add(torch.get_float32_matmul_precision())
    )
    torch.set_float32_matmul_precision("high")
    try:
        MEASUREMENTS[name](generic)
        assert torch.get_float32_matmul_precision() == "high"
    finally:
        torch.set_float32_matmul_precision("highest")
        handle.remove()
    assert seen == (set() if "omposition" in name else {"highest"})
