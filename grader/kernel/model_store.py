"""The grading models of one kernel: built once, handed out with pristine weights."""

import ctypes
import gc
import sys
from copy import deepcopy
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import nn
from transformer_lens import HookedTransformer

from grader.errors import KernelError
from grader.kernel.model_snapshot import Kept
from grader.models import load_checkpoints, load_model
from grader.models.load import is_constructed
from grader.models.weight_cache import kept_weights
from grader.models.weight_file import map_weights, read_weights, save_weights
from grader.protocol.training_runs import is_run


# MERGED: Memory that this process has freed and still holds: given back to the system.
def give_back() -> None:
    """Ask the C library for it, where that is GNU's; a millisecond, and tens of megabytes."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


_ROOM = 8 * 2**20
"""Bytes that the weights of models may take which can be made again, and are kept twice."""
_LARGEST, _SPARE = 48 * 2**20, 4
"""A model of so many bytes at most is moved to a disk that has room for as many of it: the notebook
needs that room itself."""
_MADE_AHEAD: dict[str, Kept] = {}
"""Built by a warm parent, for all kernels forked from it; each has its own copy of the pages."""


def make_ahead(name: str) -> None:
    """Build a model before kernels are forked.

    Args:
        name: A model's, as for `Shelf.pristine`.

    Raises:
        KernelError: It cannot be built or loaded.
    """
    _MADE_AHEAD[name] = Kept(load_model(name, "cpu"))


class Shelf:
    """Builds models by name and gives each out as if it were new."""

    def __init__(self, device: str, weights: Path | None = None, *, spare: bool = True) -> None:
        """Take the device all models live on.

        Args:
            device: Its name.
            weights: Where hidden models' weights are.
            spare: Whether to let go of models that can be made again, where memory is short.
        """
        self.device = device
        self._spare = spare
        self._weights = weights
        self._kept: dict[str, Kept] = {}
        self._files: dict[str, Path | None] = {}

    def asked_for(
        self, name: str, *, named: bool = True
    ) -> HookedTransformer | list[HookedTransformer]:
        """What a probe gets under a name: a model, or a training run's checkpoints in order.

        Args:
            name: The model's or the run's.
            named: Whether the probe's expression names it; restoring it takes a while.

        Raises:
            KernelError: It cannot be built or loaded.
        """
        if is_run(name):  # read anew each time: that is quick, and kept they would take 100 MB
            self._make_room(0, name)
            return [model for _, model in load_checkpoints(name, self.device)]
        return self.pristine(name) if named else self.as_it_is(name)

    def pristine(self, name: str) -> HookedTransformer:
        """A model with its own weights and no hooks, whatever was done to it since last time.

        Raises:
            KernelError: It cannot be built or loaded, or is no single model.
        """
        if is_run(name):
            raise KernelError(f"{name!r} is a training run of several checkpoints, not one model")
        if name in self._kept:
            self._kept[name].restore()
        return self.as_it_is(name)

    def as_it_is(self, name: str) -> HookedTransformer:
        """The same with whatever was done to it since: for what does not look at it.

        Raises:
            KernelError: It cannot be built or loaded.
        """
        kept = self._kept.pop(name, None)
        if kept is None:
            ahead = _MADE_AHEAD.get(name) if self.device == "cpu" else None
            kept = ahead or self._made(name)
        elif kept.gone:
            model, copies = self._new(name)
            kept.refill(model, copies)
        self._kept[name] = kept  # the last one is the one in use
        self._make_room(_ROOM, name)
        return kept.model

    def _made(self, name: str) -> Kept:
        """A model and what its weights are; nobody else has it yet."""
        kept = Kept(*self._new(name))
        kept.settle()
        return kept

    @property
    def _sparing(self) -> bool:
        """Whether memory is spared: forked kernels share it, and a device has its own."""
        return self._spare and self.device == "cpu" and not _MADE_AHEAD

    def _new(self, name: str) -> tuple[HookedTransformer, dict[str, torch.Tensor]]:
        """A model, and copies of its weights, those that take no memory while they are alike."""
        model = self._load(name)
        if not (self._sparing and self._can_be_made_again(name)):
            return model, {}
        file = self._file(name)
        return model, map_weights(file) if file else _moved_out(model)

    def _can_be_made_again(self, name: str) -> bool:
        """Whether that is quick, and what it gives is known: not for real models."""
        return is_constructed(name) or self._file(name) is not None

    def _make_room(self, room: int, wanted: str) -> None:
        """Let go of models that can be made again, those first that nobody has used for longest."""
        if not self._sparing:
            return
        own = {
            name: kept
            for name, kept in self._kept.items()
            if is_constructed(name) and not (kept.gone or self._file(name))
        }
        total = sum(kept.size for kept in own.values())
        own.pop(wanted, None)
        if total <= room or not own:
            return
        gc.collect()
        for kept in own.values():
            if total > room and kept.idle:
                total -= kept.size
                kept.let_go()
        self.tidy()

    def tidy(self) -> None:
        """Hold no memory that is not in use; a forked kernel shares what it has and keeps it."""
        if self._sparing:
            give_back()

    def _file(self, name: str) -> Path | None:
        """Where a model's weights are: sent, or kept on this machine."""
        if self._weights is not None and (sent := self._weights / name).is_file():
            return sent
        if name not in self._files:
            self._files[name] = kept_weights(name)
        return self._files[name]

    def _load(self, name: str) -> HookedTransformer:
        if name in _MADE_AHEAD:
            model = _MADE_AHEAD[name].model
            model.to(self.device, print_details=False)
            return model
        if file := self._file(name):
            return read_weights(file, self.device, mapped=self._sparing)
        return load_model(name, self.device)

    def kept(self, model: HookedTransformer) -> Kept:
        """What a model that was given out just now was like, for telling what is done to it."""
        own = (kept for kept in self._kept.values() if kept.model is model)
        return next(own, None) or Kept(model)

    def for_notebook(self, name: str) -> HookedTransformer:
        """A model for the notebook's own use, sharing no weights with the probes'."""
        model = self.pristine(name)
        tokenizer = model.tokenizer
        same: dict[int, Any] = {id(tokenizer): tokenizer}
        if self._sparing and (file := self._file(name)):
            mapped = map_weights(file)
            same |= {
                id(weight): nn.Parameter(mapped[path], requires_grad=False)
                for path, weight in model.named_parameters()
                if path in mapped
            }
        return deepcopy(model, same)


def _moved_out(model: HookedTransformer) -> dict[str, torch.Tensor]:
    """Move a model's weights to a file that has no name any more, where there is room for one.

    Returns:
        Copies of them, in the same place.
    """
    try:
        with TemporaryDirectory(prefix="weights-") as folder:
            size = sum(weight.nbytes for weight in model.parameters())
            if size > _LARGEST or disk_usage(folder).free < _SPARE * size:
                return {}
            file = Path(folder) / "weights"
            save_weights(model, file)
            own, copies = map_weights(file), map_weights(file)
    except OSError:
        return {}
    for path, weight in model.named_parameters():
        weight.data = own.get(path, weight.data)
    return copies


def shape_of(model: Any) -> dict[str, int]:
    """A model's axes, for the report."""
    names = ("n_layers", "n_heads", "d_model", "d_head", "d_vocab")
    return {name: int(getattr(model.cfg, name)) for name in names}
