"""Tests the training of runs."""

import math
from collections.abc import Mapping

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import cross_entropy

from grader.models import extend_vocabulary, train
from grader.models.training import D_VOCAB, STEPS, initial_model
from grader.protocol.training_runs import run_file


def bitwise_equal(first: Mapping[str, Tensor], second: Mapping[str, Tensor]) -> bool:
    """Return True if all weights are the same, bit for bit."""
    return first.keys() == second.keys() and all(torch.equal(first[k], second[k]) for k in first)


def test_the_seed_decides_everything() -> None:
    """The same seed gives the same bits, and another seed gives other weights from the start."""
    first, again, other = (train(seed, steps=(0, 8)) for seed in (5, 5, 6))
    assert list(first) == [0, 8]
    assert all(bitwise_equal(first[step], again[step]) for step in first)
    assert not any(bitwise_equal(first[step], other[step]) for step in first)
    assert not bitwise_equal(first[0], first[8])


def test_training_restores_global_state() -> None:
    """Training neither depends on nor changes random state, threads and gradient mode."""
    state = torch.get_rng_state()
    with torch.no_grad():
        trained = train(5, n_heads=1, steps=(0, 2))
        assert not torch.is_grad_enabled()
    assert torch.equal(torch.get_rng_state(), state)
    assert bitwise_equal(trained[2], train(5, n_heads=1, steps=(2,))[2])


@pytest.mark.parametrize(("seed", "steps"), [(0, (0,)), (1, (0, 50))])
def test_shipped_runs_can_be_reproduced(seed: int, steps: tuple[int, ...]) -> None:
    """Training again gives the shipped weights, to the precision that they are saved with."""
    file = run_file(f"trained-2x4@{seed}")
    assert file is not None
    shipped = load_file(file)
    assert {int(name.partition("/")[0]) for name in shipped} == set(STEPS)
    for step, weights in train(seed, steps=steps).items():
        for name, weight in weights.items():
            torch.testing.assert_close(weight, shipped[f"{step}/{name}"], atol=1e-6, rtol=1e-3)


def test_an_extended_vocabulary_repeats_tokens() -> None:
    """Copies of a token have the same attention as the token has in the original model."""
    model = initial_model(torch.Generator().manual_seed(0), 2, 4, torch.float32)
    extended = extend_vocabulary(model, 4 * D_VOCAB)
    tokens = torch.arange(20)[None]
    patterns = [
        m.run_with_cache(t)[1]["pattern", 1]
        for m, t in ((model, tokens), (extended, tokens), (extended, tokens + 3 * D_VOCAB))
    ]
    assert torch.equal(patterns[0], patterns[1])
    assert torch.equal(patterns[0], patterns[2])
    assert extended.cfg.d_vocab == extended.W_U.shape[1] == 4 * D_VOCAB
    assert model.cfg.d_vocab == model.W_U.shape[1] == D_VOCAB


def test_an_extended_vocabulary_splits_each_prediction() -> None:
    """The loss grows by the logarithm of the number of copies."""
    model = initial_model(torch.Generator().manual_seed(0), 2, 4, torch.float64)
    tokens = torch.arange(20)[None]
    before = cross_entropy(model(tokens)[0, :-1], tokens[0, 1:])
    after = cross_entropy(extend_vocabulary(model, 4 * D_VOCAB)(tokens)[0, :-1], tokens[0, 1:])
    assert (after - before).item() == pytest.approx(math.log(4))
