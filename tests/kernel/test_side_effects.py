"""Side effects of functions are detected in the kernel and undone before the next probe."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from transformer_lens import HookedTransformer

from grader.execution.job import prepare_submission
from grader.execution.run import run_job
from grader.kernel.model_store import ModelStore
from grader.kernel.side_effects import SideEffectSnapshot
from grader.protocol.values import ArrayValue, DictValue, Failure, Observation
from grader.rubric.load import parse_rubric
from tests.builders import submission

pytestmark = pytest.mark.kernel

FUNCTIONS = """
import torch

def clean(model, tokens):
    hook = lambda z, hook: z * 0
    return model.run_with_hooks(tokens, fwd_hooks=[("blocks.0.attn.hook_z", hook)])

def hooked(model, tokens):
    model.add_hook("blocks.0.attn.hook_z", lambda z, hook: z * 0)
    model.add_perma_hook("blocks.1.attn.hook_z", lambda z, hook: z * 0)
    model.blocks[0].attn.register_forward_hook(lambda module, args, out: out * 0)
    return model(tokens)

def zeroed(model, tokens):
    model.blocks[0].attn.W_O.data[0] = 0
    model.blocks[1].attn.W_V[:] = 0

def replaced(model, tokens):
    model.embed.W_E = torch.nn.Parameter(model.embed.W_E[:7].clone())
    del model.unembed.b_U

def overwritten(model, tokens):
    tokens[:, 0] = 0

def default_dtype(model, tokens):
    torch.set_default_dtype(torch.float64)

def grad_mode(model, tokens):
    torch.set_grad_enabled(True)

def default_device(model, tokens):
    torch.set_default_device("meta")

def training(model, tokens):
    model.train()

def raises(model, tokens):
    model.add_hook("blocks.0.attn.hook_z", lambda z, hook: z * 0)
    raise ValueError("no such head")

def unwritten(model, tokens):
    model.add_hook("blocks.0.attn.hook_z", lambda z, hook: z * 0)
    raise NotImplementedError

class Evil:
    def __eq__(self, other): raise KeyError("called")
    def __repr__(self): raise KeyError("called")
    def __call__(self, *args): return None

def hostile(model, tokens):
    model.blocks[0].attn.register_forward_hook(Evil())
    model.embed.register_buffer("mine", None)
    model.named_parameters = model.modules = model.state_dict = model.eval = Evil()
    return Evil()
"""
NAMES = [line[4:].split("(")[0] for line in FUNCTIONS.splitlines() if line.startswith("def ")]
RUBRIC = """\
lab: mini
title: Mini lab
version: "1"
total: 1
models: {grading: planted-4x3}
reference: {modules: [mini]}
probes:
"""
CRITERIA = """\
functions:
  clean:
    criteria:
      leaves_nothing:
        title: No side effects
        points: 1
        checks: [{side_effects: clean_after_clean}]
"""


@pytest.fixture(scope="module")
def observations() -> dict[str, Observation]:
    """Side effects of each function; after each, those of `clean`, and its value."""
    probes = ""
    for name in NAMES:
        for id_, function in ((name, name), (f"clean_after_{name}", "clean")):
            probes += (
                f"  {id_}: {{function: {function}, expression: '{function}(model, tokens)',"
                " tensors: {tokens: [[1, 2, 3, 1, 2, 3]]}, side_effects: true}\n"
            )
        probes += (
            f"  value_after_{name}: {{function: clean, tensors: {{tokens: [[1, 2, 3]]}},"
            " expression: 'clean(model, tokens)[0, :, :3]'}\n"
        )
    rubric = parse_rubric(RUBRIC + probes + CRITERIA, name="mini.yaml").rubric
    prepared = prepare_submission(submission(FUNCTIONS), rubric, {}, device="cpu", seed=0)
    return dict(run_job(prepared.job).observations)


def counts_of(observation: Observation) -> dict[str, int]:
    """Return the counts that are not 0."""
    assert isinstance(observation, DictValue), observation
    counts = observation.entries
    assert len(counts) == 7
    assert {c.kind for c in counts.values() if isinstance(c, ArrayValue)} == {"int"}
    return {k: int(c.array) for k, c in counts.items() if isinstance(c, ArrayValue) and c.array}


@pytest.mark.parametrize(
    ("function", "counts"),
    [
        ("clean", {}),
        ("hooked", {"hooks": 3}),
        ("zeroed", {"weights": 2}),
        ("replaced", {"weights": 2}),
        ("overwritten", {"inputs": 1}),
        ("default_dtype", {"default_dtype": 1}),
        ("grad_mode", {"grad_mode": 1}),
        ("default_device", {"default_device": 1}),
        ("training", {"training": 1}),
        ("hostile", {"hooks": 1}),
    ],
)
def test_side_effects_are_counted(
    observations: dict[str, Observation], function: str, counts: dict[str, int]
) -> None:
    """Kinds are distinguished, a clean ablation has none, and no student method is called."""
    assert counts_of(observations[function]) == counts


@pytest.mark.parametrize("function", NAMES)
def test_the_next_probe_starts_clean(observations: dict[str, Observation], function: str) -> None:
    """After each function, `clean` has no side effects and returns the same value."""
    assert counts_of(observations[f"clean_after_{function}"]) == {}
    before, after = observations["value_after_clean"], observations[f"value_after_{function}"]
    assert isinstance(before, ArrayValue)
    assert isinstance(after, ArrayValue)
    assert after.array.dtype == before.array.dtype
    assert np.array_equal(after.array, before.array)


def test_failures_stay_failures(observations: dict[str, Observation]) -> None:
    """An exception is still raised, and a stub not attempted, whatever the side effects."""
    assert isinstance(raised := observations["raises"], Failure)
    assert (raised.kind, raised.ename) == ("raised", "ValueError")
    assert isinstance(unwritten := observations["unwritten"], Failure)
    assert unwritten.kind == "not_attempted"


def _truncate(model: HookedTransformer) -> None:
    model.W_pos.data = model.W_pos.data[:3]


def _subclass(model: HookedTransformer) -> None:
    class Mine(torch.nn.Parameter):
        pass

    vars(model.embed)["_parameters"]["W_E"].__class__ = Mine


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        (_truncate, {"weights": 1}),
        (_subclass, {"weights": 1}),
        (lambda model: model.embed.half(), {"weights": 1}),
        (lambda model: model.embed.register_buffer("new", torch.ones(2)), {"weights": 1}),
        (lambda model: model.embed.register_forward_pre_hook(print), {"hooks": 1}),
        (lambda model: model.embed.register_full_backward_hook(print), {"hooks": 1}),
        (lambda model: model.blocks[0].train(), {"training": 1}),
    ],
)
def test_every_change_is_undone(
    change: Callable[[HookedTransformer], object], counts: dict[str, int]
) -> None:
    """Changed shapes, dtypes, classes, tensors and hooks are detected, then undone."""
    store = ModelStore("cpu")
    model = store.pristine("generic-2x2@1")
    before = SideEffectSnapshot([model, [model]], store)
    change(model)
    assert {k: n for k, n in before.diff().items() if n} == counts
    assert store.pristine("generic-2x2@1") is model
    assert not any(SideEffectSnapshot([model], store).diff().values())
    assert model(torch.tensor([[1, 2, 3, 4, 5]])).dtype is torch.float32


def test_a_hook_of_the_model_itself_stays() -> None:
    """Hooks that were there when the snapshot was taken are not counted and are kept."""
    model = ModelStore("cpu").pristine("generic-2x2@1")
    model.embed.register_forward_hook(lambda _module, _args, out: out)
    store = ModelStore("cpu")
    snapshot = store.snapshot_of(model)
    assert snapshot.added_hooks() == 0
    snapshot.restore()
    assert len(vars(model.embed)["_forward_hooks"]) == 1


def test_each_model_of_a_list_is_checked() -> None:
    """A training run is a list of models, which the store does not keep."""
    models = [ModelStore("cpu").pristine(f"generic-1x1@{seed}") for seed in (1, 2)]
    before = SideEffectSnapshot([models, torch.arange(3)], ModelStore("cpu"))
    with torch.no_grad():
        models[1].W_E.zero_()
    assert before.diff()["weights"] == 1
