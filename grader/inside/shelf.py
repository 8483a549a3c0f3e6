"""The grading models of one kernel: built once, handed out with pristine weights."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from transformer_lens import HookedTransformer

from grader.errors import KernelError
from grader.inside.kept import Kept
from grader.models import load_checkpoints, load_model
from grader.models.weights import read_weights
from grader.runs import is_run

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

    def __init__(self, device: str, weights: Path | None = None) -> None:
        """Take the device all models live on, and where hidden ones' weights are."""
        self.device = device
        self._weights = weights
        self._kept: dict[str, Kept] = {}

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
        if name not in self._kept:
            ahead = _MADE_AHEAD.get(name) if self.device == "cpu" else None
            self._kept[name] = ahead or Kept(self._load(name))
        return self._kept[name].model

    def _load(self, name: str) -> HookedTransformer:
        if self._weights is not None and (sent := self._weights / name).is_file():
            return read_weights(sent, self.device)
        if name in _MADE_AHEAD:
            model = _MADE_AHEAD[name].model
            model.to(self.device, print_details=False)
            return model
        return load_model(name, self.device)

    def kept(self, model: HookedTransformer) -> Kept:
        """What a model that was given out just now was like, for telling what is done to it."""
        own = (kept for kept in self._kept.values() if kept.model is model)
        return next(own, None) or Kept(model)

    def for_notebook(self, name: str) -> HookedTransformer:
        """A model for the notebook's own use, sharing no weights with the probes'."""
        model = self.pristine(name)
        tokenizer = model.tokenizer
        return deepcopy(model, {id(tokenizer): tokenizer})


def shape_of(model: Any) -> dict[str, int]:
    """A model's axes, for the report."""
    names = ("n_layers", "n_heads", "d_model", "d_head", "d_vocab")
    return {name: int(getattr(model.cfg, name)) for name in names}
