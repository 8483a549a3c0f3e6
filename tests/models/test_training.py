"""The recipe that runs are trained by."""

import math
from collections.abc import Mapping

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import cross_entropy

from grader.models import fold_vocabulary, train
from grader.models.training import D_VOCAB, STEPS, untrained
from grader.protocol.training_runs import run_file


def same(first: Mapping[str, Tensor], second: Mapping[str, Tensor]) -> bool:
    """Whether all weights are the same, bit for bit."""
    return first.keys() == second.keys() and all(torch.equal(first[k], second[k]) for k in first)


def test_the_seed_decides_everything() -> None:
    """The same seed gives the same bits; another one, other weights from the start."""
    first, again, other = (train(seed, steps=(0, 8)) for seed in (5, 5, 6))
    assert list(first) == [0, 8]
    assert all(same(first[step], again[step]) for step in first)
    assert not any(same(first[step], other[step]) for step in first)
    assert not same(first[0], first[8])


def test_training_leaves_no_trace() -> None:
    """Global random state, threads and the gradient switch are what they were, and do not count."""
    state = torch.get_rng_state()
    with torch.no_grad():
        trained = train(5, n_heads=1, steps=(0, 2))
        assert not torch.is_grad_enabled()
    assert torch.equal(torch.get_rng_state(), state)
    assert same(trained[2], train(5, n_heads=1, steps=(2,))[2])


@pytest.mark.parametrize(("seed", "steps"), [(0, (0,)), (1, (0, 50))])
def test_shipped_runs_come_from_the_recipe(seed: int, steps: tuple[int, ...]) -> None:
    """Training anew gives the weights that ship, to the precision that they are kept with."""
    file = run_file(f"trained-2x4@{seed}")
    assert file is not None
    shipped = load_file(file)
    assert {int(name.partition("/")[0]) for name in shipped} == set(STEPS)
    for step, weights in train(seed, steps=steps).items():
        for name, weight in weights.items():
            torch.testing.assert_close(weight, shipped[f"{step}/{name}"], atol=1e-6, rtol=1e-3)


def test_a_folded_vocabulary_repeats_tokens() -> None:
    """Tokens that are folded onto one have the same attention, the same as in the model itself."""
    model = untrained(torch.Generator().manual_seed(0), 2, 4, torch.float32)
    folded = fold_vocabulary(model, 4 * D_VOCAB)
    tokens = torch.arange(20)[None]
    patterns = [
        m.run_with_cache(t)[1]["pattern", 1]
        for m, t in ((model, tokens), (folded, tokens), (folded, tokens + 3 * D_VOCAB))
    ]
    assert torch.equal(patterns[0], patterns[1])
    assert torch.equal(patterns[0], patterns[2])
    assert folded.cfg.d_vocab == folded.W_U.shape[1] == 4 * D_VOCAB
    assert model.cfg.d_vocab == model.W_U.shape[1] == D_VOCAB


def test_folding_shares_each_prediction_out() -> None:
    """The loss grows by the logarithm of the number of copies, wherever the goal is."""
    model = untrained(torch.Generator().manual_seed(0), 2, 4, torch.float64)
    tokens = torch.arange(20)[None]
    before = cross_entropy(model(tokens)[0, :-1], tokens[0, 1:])
    after = cross_entropy(fold_vocabulary(model, 4 * D_VOCAB)(tokens)[0, :-1], tokens[0, 1:])
    assert (after - before).item() == pytest.approx(math.log(4))
