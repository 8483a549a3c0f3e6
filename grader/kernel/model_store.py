"""The grading models of one kernel: each is built once and handed out with pristine weights.

A kernel that was started on its own keeps memory low: models that can be rebuilt are released
when another is in use, and freed memory is returned to the system with malloc_trim. Forked kernels
share the fork server's models and keep them.
"""

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
from grader.kernel.model_snapshot import ModelSnapshot
from grader.models import load_checkpoints, load_model
from grader.models.weight_cache import cached_weights
from grader.models.weight_file import map_weights, read_weights, save_weights
from grader.protocol.model_names import is_synthetic, is_training_run

_REBUILDABLE_BYTES = 8 * 2**20
"""Bytes of rebuildable weights that stay in memory; the snapshots take the same again."""
_MAX_MOVED_BYTES, _REQUIRED_COPIES = 48 * 2**20, 4
"""Move a model to disk only if it is at most _MAX_MOVED_BYTES large and the disk has room for
_REQUIRED_COPIES of it: the notebook needs that space too."""
_PREBUILT: dict[str, ModelSnapshot] = {}
"""Models built by the fork server for all kernels forked from it, shared copy-on-write."""


def prebuild(name: str) -> None:
    """Build a model before kernels are forked.

    Args:
        name: A model's name, as for `ModelStore.pristine`.

    Raises:
        KernelError: The model cannot be built or loaded.
    """
    _PREBUILT[name] = ModelSnapshot(load_model(name, "cpu"))


class ModelStore:
    """Builds models by name and hands each out as if it were new."""

    def __init__(
        self, device: str, weights: Path | None = None, *, save_memory: bool = True
    ) -> None:
        """Create an empty store.

        Args:
            device: Torch device of all models.
            weights: Folder of hidden models' weights.
            save_memory: Release models that can be rebuilt, to keep memory low.
        """
        self.device = device
        self._save_memory = save_memory
        self._weights = weights
        self._snapshots: dict[str, ModelSnapshot] = {}
        self._weight_files: dict[str, Path | None] = {}

    def for_probe(
        self, name: str, *, restore: bool = True
    ) -> HookedTransformer | list[HookedTransformer]:
        """Return a model, or a training run's checkpoints in order.

        Args:
            name: Name of the model or training run.
            restore: Restore the model first. That takes a while, so it is skipped for models that
                the probe's expression does not mention.

        Raises:
            KernelError: The model cannot be built or loaded.
        """
        if is_training_run(
            name
        ):  # read anew each time: that is quick, and caching would take 100 MB
            self._release_down_to(0, name)
            return [model for _, model in load_checkpoints(name, self.device)]
        return self.pristine(name) if restore else self.as_is(name)

    def pristine(self, name: str) -> HookedTransformer:
        """Return a model with its original weights and no hooks, whatever was done to it before.

        Raises:
            KernelError: The model cannot be built or loaded, or is a training run.
        """
        if is_training_run(name):
            raise KernelError(f"{name!r} is a training run of several checkpoints, not one model")
        if name in self._snapshots:
            self._snapshots[name].restore()
        return self.as_is(name)

    def as_is(self, name: str) -> HookedTransformer:
        """Return a model without undoing earlier changes, for code that does not use its weights.

        Raises:
            KernelError: The model cannot be built or loaded.
        """
        snapshot = self._snapshots.pop(name, None)
        if snapshot is None:
            prebuilt = _PREBUILT.get(name) if self.device == "cpu" else None
            snapshot = prebuilt or self._build(name)
        elif snapshot.released:
            model, copies = self._load_with_copies(name)
            snapshot.refill(model, copies)
        self._snapshots[name] = snapshot  # reinserted: the last entry was used most recently
        self._release_down_to(_REBUILDABLE_BYTES, name)
        return snapshot.model

    def _build(self, name: str) -> ModelSnapshot:
        snapshot = ModelSnapshot(*self._load_with_copies(name))
        snapshot.count_own_references()
        return snapshot

    @property
    def _low_memory(self) -> bool:
        """True if memory is saved: not in forked kernels, which share it, and not on a GPU."""
        return self._save_memory and self.device == "cpu" and not _PREBUILT

    def _load_with_copies(self, name: str) -> tuple[HookedTransformer, dict[str, torch.Tensor]]:
        """Load a model and those copies of its weights that share file-backed memory with it."""
        model = self._load(name)
        if not (self._low_memory and self._is_rebuildable(name)):
            return model, {}
        file = self._weight_file(name)
        return model, map_weights(file) if file else _move_to_disk(model)

    def _is_rebuildable(self, name: str) -> bool:
        """Return True if rebuilding is quick and deterministic, which it is not for real models."""
        return is_synthetic(name) or self._weight_file(name) is not None

    def _release_down_to(self, budget: int, wanted: str) -> None:
        """Release rebuildable models, least recently used first, until the rest fit the budget.

        Args:
            budget: Bytes that rebuildable models may take.
            wanted: A model that is not released.
        """
        if not self._low_memory:
            return
        rebuildable = {
            name: snapshot
            for name, snapshot in self._snapshots.items()
            if is_synthetic(name) and not (snapshot.released or self._weight_file(name))
        }
        total = sum(snapshot.weight_bytes for snapshot in rebuildable.values())
        rebuildable.pop(wanted, None)
        if total <= budget or not rebuildable:
            return
        gc.collect()
        for snapshot in rebuildable.values():
            if total > budget and snapshot.unused:
                total -= snapshot.weight_bytes
                snapshot.release()
        self.trim_memory()

    def trim_memory(self) -> None:
        """Return freed memory to the system; a forked kernel shares its memory and keeps it."""
        if self._low_memory:
            _malloc_trim()

    def _weight_file(self, name: str) -> Path | None:
        """Return the file of a model's weights: received from the grader, or cached here."""
        if self._weights is not None and (received := self._weights / name).is_file():
            return received
        if name not in self._weight_files:
            self._weight_files[name] = cached_weights(name)
        return self._weight_files[name]

    def _load(self, name: str) -> HookedTransformer:
        if name in _PREBUILT:
            model = _PREBUILT[name].model
            model.to(self.device, print_details=False)
            return model
        if file := self._weight_file(name):
            return read_weights(file, self.device, mapped=self._low_memory)
        return load_model(name, self.device)

    def snapshot_of(self, model: HookedTransformer) -> ModelSnapshot:
        """Return the snapshot of a model just handed out, to detect changes made to it."""
        matching = (kept for kept in self._snapshots.values() if kept.model is model)
        return next(matching, None) or ModelSnapshot(model)

    def for_notebook(self, name: str) -> HookedTransformer:
        """Return a model for the notebook's own use; it shares no weights with the probes'."""
        model = self.pristine(name)
        tokenizer = model.tokenizer
        memo: dict[int, Any] = {id(tokenizer): tokenizer}
        if self._low_memory and (file := self._weight_file(name)):
            mapped = map_weights(file)
            memo |= {
                id(weight): nn.Parameter(mapped[path], requires_grad=False)
                for path, weight in model.named_parameters()
                if path in mapped
            }
        return deepcopy(model, memo)


def _move_to_disk(model: HookedTransformer) -> dict[str, torch.Tensor]:
    """Move a model's weights to an unlinked file, if a disk has room for it.

    Returns:
        Copies of the weights that are mapped from the same file; empty if nothing was moved.
    """
    try:
        with TemporaryDirectory(prefix="weights-") as folder:
            size = sum(weight.nbytes for weight in model.parameters())
            if size > _MAX_MOVED_BYTES or disk_usage(folder).free < _REQUIRED_COPIES * size:
                return {}
            file = Path(folder) / "weights"
            save_weights(model, file)
            moved, copies = map_weights(file), map_weights(file)
    except OSError:
        return {}
    for path, weight in model.named_parameters():
        weight.data = moved.get(path, weight.data)
    return copies


def _malloc_trim() -> None:
    """Call malloc_trim, where the C library is glibc: it takes 1 ms and returns tens of MB."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def shape_of(model: Any) -> dict[str, int]:
    """Return a model's dimensions, for the report."""
    names = ("n_layers", "n_heads", "d_model", "d_head", "d_vocab")
    return {name: int(getattr(model.cfg, name)) for name in names}
