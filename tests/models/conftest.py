"""Provides planted models, measured once by the lab's own definitions."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import pytest
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformer_lens import HookedTransformer
from transformer_lens.hook_points import HookPoint

from grader.models import Head, PlantedCircuit, gpt2_tokenizer, plant

SEQ_LEN = 25
HIDDEN = [(3, 7, 5), (11, 5, 8)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A planted model and its scores."""

    model: HookedTransformer
    circuit: PlantedCircuit
    tokens: Int[Tensor, "batch pos"]
    induction: Float[Tensor, "n_layers n_heads"]
    previous_token: Float[Tensor, "n_layers n_heads"]

    def loss_and_accuracy(
        self, ablated: Iterable[tuple[int, int]] = (), method: str = "zero"
    ) -> tuple[float, float]:
        """Return next-token loss and accuracy on the second half, with some heads ablated."""
        hooks: list[tuple[str | Callable[..., Any], Callable[..., Any]]] = [
            (f"blocks.{layer}.attn.hook_z", partial(_ablate, head=head, method=method))
            for layer, head in ablated
        ]
        logits = self.model.run_with_hooks(self.tokens, fwd_hooks=hooks)[:, SEQ_LEN:-1]
        goal = self.tokens[:, SEQ_LEN + 1 :]
        loss = cross_entropy(logits.flatten(0, 1), goal.flatten())
        return loss.item(), (logits.argmax(-1) == goal).float().mean().item()

    def controls(self, n: int) -> Iterator[list[Head]]:
        """Yield n samples of as many generic heads as there are strong induction heads."""
        generator = torch.Generator().manual_seed(7)
        heads = self.circuit.generic
        for _ in range(n):
            order = torch.randperm(len(heads), generator=generator)
            yield [heads[i] for i in order[: len(self.circuit.induction)]]


def _ablate(
    z: Float[Tensor, "batch pos head_index d_head"],
    hook: HookPoint,  # noqa: ARG001 - TransformerLens passes the hook point
    head: int,
    method: str,
) -> Float[Tensor, "batch pos head_index d_head"]:
    ablated = z.clone()
    ablated[:, :, head] = 0.0 if method == "zero" else z[:, :, head].mean(dim=(0, 1))
    return ablated


def _mean_attention(
    model: HookedTransformer, tokens: Int[Tensor, "batch pos"], offset: int, first: int
) -> Float[Tensor, "n_layers n_heads"]:
    """Return each head's mean attention to the position `offset` before each query from `first`."""
    _, cache = model.run_with_cache(
        tokens, return_type=None, names_filter=lambda name: name.endswith("hook_pattern")
    )
    pos = torch.arange(first, tokens.shape[1])
    return torch.stack(
        [
            cache["pattern", layer][:, :, pos, pos - offset].mean(dim=(0, 2))
            for layer in range(model.cfg.n_layers)
        ]
    )


@cache
def _measured(seed: int, n_layers: int, n_heads: int) -> Measured:
    """Plant a model, and measure it on ten repeated random sequences of the lab's tokens."""
    planted = plant(seed, n_layers, n_heads)
    generator = torch.Generator().manual_seed(0)
    half = torch.randint(1000, 10000, (10, SEQ_LEN), generator=generator)
    tokens = torch.cat([half, half], dim=1)
    unrepeated = torch.randint(1000, 10000, (10, 50), generator=generator)
    return Measured(
        model=planted.model,
        circuit=planted.circuit,
        tokens=tokens,
        induction=_mean_attention(planted.model, tokens, SEQ_LEN - 1, SEQ_LEN),
        previous_token=_mean_attention(planted.model, unrepeated, 1, 1),
    )


@pytest.fixture(scope="package", autouse=True)
def _one_thread() -> Iterator[None]:
    """Run on one thread: on busy cores, threads that wait for each other take minutes."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(n_threads)


@pytest.fixture(scope="package")
def public() -> Measured:
    """Return the public planted model, with its tokenizer."""
    measured = _measured(0, 12, 12)
    measured.model.set_tokenizer(gpt2_tokenizer(add_bos_token=True))
    return measured


@pytest.fixture(params=HIDDEN, ids="{0[1]}x{0[2]}@{0[0]}".format)
def hidden(request: pytest.FixtureRequest) -> Measured:
    """Return planted models of other seeds and shapes."""
    return _measured(*request.param)


@pytest.fixture(params=[(0, 12, 12), *HIDDEN], ids="{0[1]}x{0[2]}@{0[0]}".format)
def measured(request: pytest.FixtureRequest) -> Measured:
    """Return the public model and the hidden ones."""
    return _measured(*request.param)
