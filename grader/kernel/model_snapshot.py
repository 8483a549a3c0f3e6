"""Snapshot of a model as it was built: detects what has been changed since, and undoes it."""

import sys
from collections.abc import Mapping
from itertools import chain
from typing import Any

import torch
from torch import nn
from transformer_lens import HookedTransformer
from transformer_lens.hook_points import HookPoint

_HOOK_DICTS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
_TENSOR_DICTS = ("_parameters", "_buffers")
_CACHE_BUFFERS = frozenset({"mask", "rotary_sin", "rotary_cos"})
"""Buffers that TransformerLens grows to the longest sequence it has seen."""


class ModelSnapshot:
    """Records a model's tensors and hooks.

    Modules are read through their ``__dict__``, so that no method a student may have replaced is
    called.
    """

    def __init__(
        self, model: HookedTransformer, copies: Mapping[str, torch.Tensor] | None = None
    ) -> None:
        """Record a model that has not been used yet.

        Args:
            model: The model.
            copies: Existing copies of its parameters, by name; the others are copied here.
        """
        self.model = model
        self._modules = [_ModuleSnapshot(module) for module in model.modules()]
        self.refill(model, copies or {})
        self._own_references = 0
        self.released = False
        """True if the weights have been released."""

    @property
    def weight_bytes(self) -> int:
        """Size of the recorded weights in bytes."""
        return sum(module.weight_bytes for module in self._modules)

    def count_own_references(self) -> None:
        """Record the reference count of a model that nothing else refers to yet."""
        self._own_references = sys.getrefcount(self.model)

    @property
    def unused(self) -> bool:
        """True if the model has no references beyond those counted by `count_own_references`."""
        return sys.getrefcount(self.model) <= self._own_references

    def release(self) -> None:
        """Release the weights; the model object stays, so that its id is not reused."""
        self.released = True
        for module in self._modules:
            module.release()

    def refill(self, fresh: HookedTransformer, copies: Mapping[str, torch.Tensor]) -> None:
        """Take over the weights of a newly built model.

        Args:
            fresh: The same model, not used yet.
            copies: Existing copies of its parameters, by name.
        """
        self.released = False
        for module, (path, new) in zip(self._modules, fresh.named_modules(), strict=True):
            module.take_tensors(new, path, copies)

    def added_hooks(self) -> int:
        """Count the hooks that have been added since the model was built."""
        return sum(module.added_hooks() for module in self._modules)

    def changed_weights(self) -> int:
        """Count the parameters and buffers that are no longer bitwise equal to the original."""
        return sum(module.changed_tensors() for module in self._modules)

    def in_train_mode(self) -> bool:
        """Return True if any module of the model is in train mode."""
        return any(vars(module.module).get("training") is not False for module in self._modules)

    def restore(self) -> None:
        """Undo all changes. Tensors a student still refers to are no longer part of the model."""
        for module in self._modules:
            module.restore()
        self.model.is_caching = False


class _ModuleSnapshot:
    """Snapshot of one module, without its submodules."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self._hooks = {kind: frozenset(vars(module)[kind]) for kind in _HOOK_DICTS}
        self._tensors: dict[str, dict[str, torch.Tensor | None]] = {}

    @property
    def weight_bytes(self) -> int:
        recorded = chain.from_iterable(tensors.values() for tensors in self._tensors.values())
        return sum(tensor.nbytes for tensor in recorded if tensor is not None)

    def release(self) -> None:
        self._tensors = {kind: {} for kind in _TENSOR_DICTS}
        for kind in _TENSOR_DICTS:
            vars(self.module)[kind].clear()

    def take_tensors(self, new: nn.Module, path: str, copies: Mapping[str, torch.Tensor]) -> None:
        """Take over another module's tensors and record copies of them."""
        for kind in _TENSOR_DICTS:
            tensors = dict(vars(new)[kind])
            vars(self.module)[kind].update(tensors)
            self._tensors[kind] = {
                name: _copy(tensor) if (copy := copies.get(f"{path}.{name}")) is None else copy
                for name, tensor in tensors.items()
            }

    def added_hooks(self) -> int:
        """Count added hooks; TransformerLens lists its hooks, and each is a torch hook as well."""
        attributes = vars(self.module)
        torch_hooks = sum(len(attributes[kind].keys() - self._hooks[kind]) for kind in _HOOK_DICTS)
        listed = [attributes.get("fwd_hooks"), attributes.get("bwd_hooks")]
        return max(torch_hooks, sum(len(hooks) for hooks in listed if type(hooks) is list))

    def changed_tensors(self) -> int:
        changed = 0
        for kind in _TENSOR_DICTS:
            now, before = vars(self.module)[kind], self._tensors[kind]
            names = (now.keys() | before.keys()) - (_CACHE_BUFFERS if kind == "_buffers" else set())
            changed += sum(not bitwise_equal(now.get(name), before.get(name)) for name in names)
        return changed

    def restore(self) -> None:
        attributes = vars(self.module)
        for kind in _HOOK_DICTS:
            for key in attributes[kind].keys() - self._hooks[kind]:
                del attributes[kind][key]
        if isinstance(self.module, HookPoint):
            attributes.update(fwd_hooks=[], bwd_hooks=[], ctx={})
        for kind in _TENSOR_DICTS:
            now, before = dict(attributes[kind]), self._tensors[kind]
            attributes[kind].clear()
            for name, tensor in before.items():
                attributes[kind][name] = _restored(now.get(name), tensor, kind)
        attributes["training"] = False


def _restored(now: Any, before: torch.Tensor | None, kind: str) -> torch.Tensor | None:
    """Return the module's own tensor if it is unchanged, else a copy of the original."""
    if before is None:
        return None
    unchanged = bitwise_equal(now, before) and not now.is_inference()
    tensor = now.detach() if unchanged else before.clone()
    return nn.Parameter(tensor, requires_grad=False) if kind == "_parameters" else tensor


def bitwise_equal(now: Any, before: torch.Tensor | None) -> bool:
    """Return True if `now` is a plain tensor with the same bits; subclasses are never called."""
    if now is None or before is None:
        return now is before
    if type(now) is not torch.Tensor and type(now) is not nn.Parameter:
        return False
    alike = (now.shape, now.dtype, now.device) == (before.shape, before.dtype, before.device)
    return alike and now.layout is before.layout and torch.equal(_bits(now), _bits(before))


def _bits(tensor: torch.Tensor) -> torch.Tensor:
    """View a tensor as integers, which compare faster than floats: most of a probe's time."""
    content = tensor.detach().reshape(-1).view(torch.uint8)
    return content.view(torch.int64) if content.numel() % 8 == 0 else content


def _copy(tensor: torch.Tensor | None) -> torch.Tensor | None:
    return None if tensor is None else tensor.detach().clone()
