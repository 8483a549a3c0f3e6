"""Detects side effects of a function: hooks, changed weights and inputs, and torch settings."""

from collections.abc import Iterable

import torch
from transformer_lens import HookedTransformer

from grader.kernel.model_snapshot import bitwise_equal
from grader.kernel.model_store import ModelStore


class SideEffectSnapshot:
    """State of models, inputs and torch settings before a probe's expression is evaluated."""

    def __init__(self, inputs: Iterable[object], store: ModelStore) -> None:
        """Take the snapshot.

        Args:
            inputs: Models, lists of models and tensors that the probe passes to student code.
            store: Source of the models.
        """
        things = [one for thing in inputs for one in (thing if type(thing) is list else [thing])]
        models = {id(model): model for model in things if isinstance(model, HookedTransformer)}
        self._models = [store.snapshot_of(model) for model in models.values()]
        self._inputs = [(t, t.clone()) for t in things if isinstance(t, torch.Tensor)]
        self._grad_mode = torch.is_grad_enabled()
        self._dtype = torch.get_default_dtype()
        self._device = torch.get_default_device()

    def diff(self) -> dict[str, int]:
        """Count what has changed, by kind; all counts are 0 if there are no side effects."""
        return {
            "hooks": sum(model.added_hooks() for model in self._models),
            "weights": sum(model.changed_weights() for model in self._models),
            "inputs": sum(not bitwise_equal(tensor, before) for tensor, before in self._inputs),
            "grad_mode": int(torch.is_grad_enabled() is not self._grad_mode),
            "default_dtype": int(torch.get_default_dtype() is not self._dtype),
            "default_device": int(torch.get_default_device() != self._device),
            "training": sum(model.in_train_mode() for model in self._models),
        }
