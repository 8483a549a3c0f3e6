"""What functions leave behind: seen in the kernel, and gone before the next probe."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from transformer_lens import HookedTransformer

from grader.execution.job import instrument
from grader.execution.run import run_job
from grader.kernel.model_store import Shelf
from grader.kernel.side_effects import Before
from grader.protocol.values import Failure, Numbers, Observation, Table
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
criteria:
  - id: leaves_nothing
    title: Nothing is left behind
    points: 1
    checks: [{kind: side_effects, probe: clean_after_clean}]
"""


@pytest.fixture(scope="module")
def left() -> dict[str, Observation]:
    """What each function leaves behind; after each, what the clean one does, and what it gives."""
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
    prepared = instrument(submission(FUNCTIONS), rubric, {}, device="cpu", seed=0)
    return dict(run_job(prepared.job).observations)


def found(observation: Observation) -> dict[str, int]:
    """The counts that are not 0."""
    assert isinstance(observation, Table), observation
    counts = observation.entries
    assert len(counts) == 7
    assert {c.kind for c in counts.values() if isinstance(c, Numbers)} == {"int"}
    return {k: int(c.array) for k, c in counts.items() if isinstance(c, Numbers) and c.array}


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
def test_what_is_left_behind_is_counted(
    left: dict[str, Observation], function: str, counts: dict[str, int]
) -> None:
    """Every kind is told apart, a clean ablation has none, and no method of theirs is called."""
    assert found(left[function]) == counts


@pytest.mark.parametrize("function", NAMES)
def test_the_next_probe_starts_clean(left: dict[str, Observation], function: str) -> None:
    """After each function another leaves nothing behind, and gives what it gave before."""
    assert found(left[f"clean_after_{function}"]) == {}
    before, after = left["value_after_clean"], left[f"value_after_{function}"]
    assert isinstance(before, Numbers)
    assert isinstance(after, Numbers)
    assert after.array.dtype == before.array.dtype
    assert np.array_equal(after.array, before.array)


def test_failures_stay_failures(left: dict[str, Observation]) -> None:
    """An exception is raised, and a stub not attempted, whatever was left behind."""
    assert isinstance(raised := left["raises"], Failure)
    assert (raised.kind, raised.ename) == ("raised", "ValueError")
    assert isinstance(unwritten := left["unwritten"], Failure)
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
    """Other shapes, dtypes, classes, tensors and hooks are seen, and gone the next time."""
    shelf = Shelf("cpu")
    model = shelf.pristine("generic-2x2@1")
    before = Before([model, [model]], shelf)
    change(model)
    assert {k: n for k, n in before.left_behind().items() if n} == counts
    assert shelf.pristine("generic-2x2@1") is model
    assert not any(Before([model], shelf).left_behind().values())
    assert model(torch.tensor([[1, 2, 3, 4, 5]])).dtype is torch.float32


def test_a_hook_of_the_model_itself_stays() -> None:
    """Hooks that were there when a model was built are none of a student's, and are kept."""
    model = Shelf("cpu").pristine("generic-2x2@1")
    model.embed.register_forward_hook(lambda _module, _args, out: out)
    shelf = Shelf("cpu")
    kept = shelf.kept(model)
    assert kept.hooks() == 0
    kept.restore()
    assert len(vars(model.embed)["_forward_hooks"]) == 1


def test_models_of_a_list_are_each_looked_at() -> None:
    """A training run comes as a list of models, which no shelf keeps."""
    models = [Shelf("cpu").pristine(f"generic-1x1@{seed}") for seed in (1, 2)]
    before = Before([models, torch.arange(3)], Shelf("cpu"))
    with torch.no_grad():
        models[1].W_E.zero_()
    assert before.left_behind()["weights"] == 1
