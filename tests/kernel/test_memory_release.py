"""Memory of a kernel that was started: models are released and are the same when rebuilt."""

import random
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from transformer_lens import HookedTransformer

from grader.kernel import model_store
from grader.kernel.model_store import ModelStore
from grader.models import load_model

LARGE, OTHER = "planted-2x1@5/9000", "planted-2x1@6/9000"
TOKENS = torch.tensor([[5, 6, 7, 5, 6]])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files; no model is cached."""
    monkeypatch.setenv("INDUCTION_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def logits_of(store: ModelStore, name: str) -> torch.Tensor:
    """Return a model's logits, keeping no reference to the model."""
    logits: torch.Tensor = store.pristine(name)(TOKENS)
    return logits


def test_a_released_model_is_rebuilt_the_same() -> None:
    """It is the same object with the same logits and no hooks, whatever was done to it."""
    store = ModelStore("cpu")
    before, number = logits_of(store, LARGE), id(store.pristine(LARGE))
    store.pristine(LARGE).W_E.zero_()
    store.pristine(LARGE).embed.register_forward_hook(lambda _module, _args, out: out * 0)
    logits_of(store, OTHER)
    assert len(list(store.as_is(OTHER).parameters())) > 0
    model = store.pristine(LARGE)
    assert id(model) == number
    assert torch.equal(model(TOKENS), before)


def test_a_model_that_is_not_in_use_takes_no_memory() -> None:
    """A model has no weights while another one is in use; small models stay."""
    store = ModelStore("cpu")
    logits_of(store, "generic-2x2@1/60")
    small = store.pristine("generic-2x2@1/60")
    logits_of(store, LARGE)
    number = id(store.pristine(LARGE))
    logits_of(store, OTHER)
    snapshot = next(s for s in store._snapshots.values() if id(s.model) == number)  # noqa: SLF001
    assert snapshot.released
    assert list(snapshot.model.parameters()) == []
    assert len(list(small.parameters())) > 0


def test_a_referenced_model_stays() -> None:
    """A function may keep a reference to a model and use it in a later probe."""
    store = ModelStore("cpu")
    held = store.pristine(LARGE)
    before = held(TOKENS)
    logits_of(store, OTHER)
    assert torch.equal(held(TOKENS), before)


def test_a_real_model_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real model, which takes seconds to load, is neither moved to disk nor released."""
    real = {"./large": LARGE, "./other": OTHER}
    monkeypatch.setattr(
        model_store, "load_model", lambda name, device: load_model(real[name], device)
    )
    monkeypatch.setattr(model_store, "save_weights", None)
    store = ModelStore("cpu")
    before, number = logits_of(store, "./large"), id(store.pristine("./large"))
    logits_of(store, "./other")
    snapshot = next(s for s in store._snapshots.values() if id(s.model) == number)  # noqa: SLF001
    assert not snapshot.released
    assert torch.equal(logits_of(store, "./large"), before)


def _zero(model: HookedTransformer) -> None:
    model.W_E.zero_()
    model.blocks[1].attn.W_O.data[0] = 1.0


def test_a_notebooks_model_is_separate() -> None:
    """The notebook's copy and the probes' model do not see each other's changes."""
    store = ModelStore("cpu")
    before = logits_of(store, LARGE)
    copy = store.for_notebook(LARGE)
    _zero(copy)
    assert torch.equal(logits_of(store, LARGE), before)
    other = store.for_notebook(LARGE)
    _zero(store.as_is(LARGE))
    assert torch.equal(other(TOKENS), before)
    assert store.snapshot_of(store.as_is(LARGE)).changed_weights() == 2
    assert torch.equal(logits_of(store, LARGE), before)


def test_no_file_is_left(folder: Path) -> None:
    """The file that weights are moved to is unlinked, so that nobody can write to it."""
    ModelStore("cpu").pristine(LARGE)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("free", [0, 2**20])
def test_without_disk_space_a_model_stays_in_memory(
    free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The logits are the same, and nothing is written."""
    before = logits_of(ModelStore("cpu"), LARGE)
    monkeypatch.setattr(model_store, "disk_usage", lambda _path: SimpleNamespace(free=free))
    monkeypatch.setattr(model_store, "save_weights", None)
    assert torch.equal(logits_of(ModelStore("cpu"), LARGE), before)


def test_on_an_unwritable_disk_a_model_stays_in_memory(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The logits are the same if no temporary file can be created."""
    before = logits_of(ModelStore("cpu"), LARGE)
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "nowhere"))
    assert torch.equal(logits_of(ModelStore("cpu"), LARGE), before)


def test_models_are_swapped_at_random() -> None:
    """Whatever the order of requests, a model's logits are always the same."""
    store, dice = ModelStore("cpu"), random.Random(1)  # noqa: S311 (a test's order)
    names = [LARGE, OTHER, "generic-2x2@1/60", "generic-3x2@1/9000+heads"]
    first = {name: logits_of(ModelStore("cpu"), name) for name in names}
    for _ in range(12):
        name = dice.choice(names)
        assert torch.equal(logits_of(store, name), first[name])
        store.as_is(name).W_E.data.fill_(2.0)
