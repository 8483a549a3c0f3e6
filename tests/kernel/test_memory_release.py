"""A cold kernel's memory: models are kept once, let go of, and are the same when they are back."""

import random
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from transformer_lens import HookedTransformer

from grader.kernel import model_store as shelf_module
from grader.kernel.model_store import Shelf
from grader.models import load_model

LARGE, OTHER = "planted-2x1@5/9000", "planted-2x1@6/9000"
TOKENS = torch.tensor([[5, 6, 7, 5, 6]])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go; no model is kept in a cache."""
    monkeypatch.setenv("INDUCTION_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def answers(shelf: Shelf, name: str) -> torch.Tensor:
    """What a model says, nobody holding on to it afterwards."""
    said: torch.Tensor = shelf.pristine(name)(TOKENS)
    return said


def test_a_model_that_is_let_go_comes_back_the_same() -> None:
    """The same object with the same answers and no hooks, however it was left."""
    shelf = Shelf("cpu")
    before, number = answers(shelf, LARGE), id(shelf.pristine(LARGE))
    shelf.pristine(LARGE).W_E.zero_()
    shelf.pristine(LARGE).embed.register_forward_hook(lambda _module, _args, out: out * 0)
    answers(shelf, OTHER)
    assert len(list(shelf.as_it_is(OTHER).parameters())) > 0
    model = shelf.pristine(LARGE)
    assert id(model) == number
    assert torch.equal(model(TOKENS), before)


def test_a_model_that_is_not_asked_for_takes_no_room() -> None:
    """It has no weights while another, or a training run, is in use; small ones stay."""
    shelf = Shelf("cpu")
    answers(shelf, "generic-2x2@1/60")
    small = shelf.pristine("generic-2x2@1/60")
    answers(shelf, LARGE)
    number = id(shelf.pristine(LARGE))
    answers(shelf, OTHER)
    gone = next(kept for kept in shelf._kept.values() if id(kept.model) == number)  # noqa: SLF001
    assert gone.gone
    assert list(gone.model.parameters()) == []
    assert len(list(small.parameters())) > 0


def test_a_model_that_somebody_holds_stays() -> None:
    """A function may remember a model and use it in a later probe."""
    shelf = Shelf("cpu")
    held = shelf.pristine(LARGE)
    before = held(TOKENS)
    answers(shelf, OTHER)
    assert torch.equal(held(TOKENS), before)


def test_a_real_model_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading one takes seconds, its weights may be of any kind: it is not moved nor let go."""
    real = {"./large": LARGE, "./other": OTHER}
    monkeypatch.setattr(
        shelf_module, "load_model", lambda name, device: load_model(real[name], device)
    )
    monkeypatch.setattr(shelf_module, "save_weights", None)
    shelf = Shelf("cpu")
    before, number = answers(shelf, "./large"), id(shelf.pristine("./large"))
    answers(shelf, "./other")
    kept = next(kept for kept in shelf._kept.values() if id(kept.model) == number)  # noqa: SLF001
    assert not kept.gone
    assert torch.equal(answers(shelf, "./large"), before)


def _zero(model: HookedTransformer) -> None:
    model.W_E.zero_()
    model.blocks[1].attn.W_O.data[0] = 1.0


def test_what_a_notebook_writes_stays_its_own() -> None:
    """Its copy and the probes' model do not see each other's changes."""
    shelf = Shelf("cpu")
    before = answers(shelf, LARGE)
    mine = shelf.for_notebook(LARGE)
    _zero(mine)
    assert torch.equal(answers(shelf, LARGE), before)
    other = shelf.for_notebook(LARGE)
    _zero(shelf.as_it_is(LARGE))
    assert torch.equal(other(TOKENS), before)
    assert shelf.kept(shelf.as_it_is(LARGE)).weights() == 2
    assert torch.equal(answers(shelf, LARGE), before)


def test_no_file_is_left(folder: Path) -> None:
    """What weights were moved to has no name, so that nobody can write to it."""
    Shelf("cpu").pristine(LARGE)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("free", [0, 2**20])
def test_without_room_on_a_disk_a_model_is_in_memory(
    free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the same, and nothing is written."""
    before = answers(Shelf("cpu"), LARGE)
    monkeypatch.setattr(shelf_module, "disk_usage", lambda _path: SimpleNamespace(free=free))
    monkeypatch.setattr(shelf_module, "save_weights", None)
    assert torch.equal(answers(Shelf("cpu"), LARGE), before)


def test_a_disk_that_cannot_be_written_to_is_no_hindrance(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model is in memory then."""
    before = answers(Shelf("cpu"), LARGE)
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "nowhere"))
    assert torch.equal(answers(Shelf("cpu"), LARGE), before)


def test_models_are_swapped_at_random() -> None:
    """Whatever is asked for in whatever order, every answer is the first one again."""
    shelf, dice = Shelf("cpu"), random.Random(1)  # noqa: S311 (a test's order)
    names = [LARGE, OTHER, "generic-2x2@1/60", "generic-3x2@1/9000+heads"]
    first = {name: answers(Shelf("cpu"), name) for name in names}
    for _ in range(12):
        name = dice.choice(names)
        assert torch.equal(answers(shelf, name), first[name])
        shelf.as_it_is(name).W_E.data.fill_(2.0)
