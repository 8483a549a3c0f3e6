"""What a function leaves behind: hooks, changed weights and inputs, other settings of torch."""

from collections.abc import Iterable

import torch
from transformer_lens import HookedTransformer

from grader.kernel.model_snapshot import same
from grader.kernel.model_store import Shelf


class Before:
    """The world as a probe's expression found it."""

    def __init__(self, given: Iterable[object], shelf: Shelf) -> None:
        """Take what the probe hands out: models, lists of models, tensors."""
        things = [one for thing in given for one in (thing if type(thing) is list else [thing])]
        models = {id(model): model for model in things if isinstance(model, HookedTransformer)}
        self._models = [shelf.kept(model) for model in models.values()]
        self._inputs = [(t, t.clone()) for t in things if isinstance(t, torch.Tensor)]
        self._grad_mode = torch.is_grad_enabled()
        self._dtype = torch.get_default_dtype()
        self._device = torch.get_default_device()

    def left_behind(self) -> dict[str, int]:
        """How much of each kind is other than it was; all 0 when nothing is."""
        return {
            "hooks": sum(model.hooks() for model in self._models),
            "weights": sum(model.weights() for model in self._models),
            "inputs": sum(not same(tensor, before) for tensor, before in self._inputs),
            "grad_mode": int(torch.is_grad_enabled() is not self._grad_mode),
            "default_dtype": int(torch.get_default_dtype() is not self._dtype),
            "default_device": int(torch.get_default_device() != self._device),
            "training": sum(model.training() for model in self._models),
        }
