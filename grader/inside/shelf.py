"""The grading models of one kernel: built once, handed out with pristine weights."""

from copy import deepcopy
from typing import Any

import torch
from transformer_lens import HookedTransformer

from grader.errors import KernelError
from grader.models import load_checkpoints, load_model
from grader.runs import is_run


class Shelf:
    """Builds models by name and gives each out as if it were new."""

    def __init__(self, device: str) -> None:
        """Take the device all models live on."""
        self.device = device
        self._models: dict[str, HookedTransformer] = {}
        self._weights: dict[str, dict[str, torch.Tensor]] = {}

    def asked_for(self, name: str) -> HookedTransformer | list[HookedTransformer]:
        """What a probe gets under a name: a model, or a training run's checkpoints in order.

        Raises:
            KernelError: It cannot be built or loaded.
        """
        if is_run(name):  # read anew each time: that is quick, and kept they would take 100 MB
            return [model for _, model in load_checkpoints(name, self.device)]
        return self.pristine(name)

    def pristine(self, name: str) -> HookedTransformer:
        """A model with its own weights and no hooks, whatever was done to it since last time.

        Raises:
            KernelError: It cannot be built or loaded, or is no single model.
        """
        if is_run(name):
            raise KernelError(f"{name!r} is a training run of several checkpoints, not one model")
        if name not in self._models:
            model = load_model(name, self.device)
            self._models[name] = model
            self._weights[name] = {
                key: tensor.clone() for key, tensor in model.state_dict().items()
            }
            return model
        model = self._models[name]
        model.reset_hooks(including_permanent=True)
        with torch.no_grad():
            model.load_state_dict(self._weights[name])
        return model.eval().requires_grad_(requires_grad=False)

    def for_notebook(self, name: str) -> HookedTransformer:
        """A model for the notebook's own use, sharing no weights with the probes'."""
        model = self.pristine(name)
        tokenizer = model.tokenizer
        return deepcopy(model, {id(tokenizer): tokenizer})


def shape_of(model: Any) -> dict[str, int]:
    """A model's axes, for the report."""
    names = ("n_layers", "n_heads", "d_model", "d_head", "d_vocab")
    return {name: int(getattr(model.cfg, name)) for name in names}
