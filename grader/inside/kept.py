"""A model as it was built: what has been done to it since, and how that is undone."""

from typing import Any

import torch
from torch import nn
from transformer_lens import HookedTransformer
from transformer_lens.hook_points import HookPoint

_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
_TENSORS = ("_parameters", "_buffers")
_CACHES = frozenset({"mask", "rotary_sin", "rotary_cos"})
"""Buffers that TransformerLens fills as it goes, for the longest sequence it has seen."""


class Kept:
    """Remembers a model's tensors and hooks.

    Modules are read through their dictionaries, so that no method a student may have put in the
    way is called.
    """

    def __init__(self, model: HookedTransformer) -> None:
        """Take a model that nobody has touched yet."""
        self.model = model
        self._modules = [_Module(module) for module in model.modules()]

    def hooks(self) -> int:
        """How many hooks are on it that were not there when it was built."""
        return sum(module.hooks() for module in self._modules)

    def weights(self) -> int:
        """How many of its parameters and buffers are no longer exactly what they were."""
        return sum(module.weights() for module in self._modules)

    def training(self) -> bool:
        """Whether any part of it is in train mode."""
        return any(vars(module.module).get("training") is not False for module in self._modules)

    def restore(self) -> None:
        """Undo all of that. What a student holds on to is no part of the model afterwards."""
        for module in self._modules:
            module.restore()
        self.model.is_caching = False


class _Module:
    """One module of a model, without those inside it."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self._hooks = {kind: frozenset(vars(module)[kind]) for kind in _HOOKS}
        self._tensors: dict[str, dict[str, torch.Tensor | None]] = {
            kind: {name: _copy(tensor) for name, tensor in vars(module)[kind].items()}
            for kind in _TENSORS
        }

    def hooks(self) -> int:
        """TransformerLens lists its hooks, and each of them is a hook of torch too."""
        inside = vars(self.module)
        torch_hooks = sum(len(inside[kind].keys() - self._hooks[kind]) for kind in _HOOKS)
        listed = [inside.get("fwd_hooks"), inside.get("bwd_hooks")]
        return max(torch_hooks, sum(len(hooks) for hooks in listed if type(hooks) is list))

    def weights(self) -> int:
        changed = 0
        for kind in _TENSORS:
            now, before = vars(self.module)[kind], self._tensors[kind]
            names = (now.keys() | before.keys()) - (_CACHES if kind == "_buffers" else set())
            changed += sum(not same(now.get(name), before.get(name)) for name in names)
        return changed

    def restore(self) -> None:
        inside = vars(self.module)
        for kind in _HOOKS:
            for key in inside[kind].keys() - self._hooks[kind]:
                del inside[kind][key]
        if isinstance(self.module, HookPoint):
            inside.update(fwd_hooks=[], bwd_hooks=[], ctx={})
        for kind in _TENSORS:
            now, before = dict(inside[kind]), self._tensors[kind]
            inside[kind].clear()
            for name, tensor in before.items():
                inside[kind][name] = _again(now.get(name), tensor, kind)
        inside["training"] = False


def _again(now: Any, before: torch.Tensor | None, kind: str) -> torch.Tensor | None:
    """What a module gets back: its own tensor where nothing was done to it, else a copy."""
    if before is None:
        return None
    untouched = same(now, before) and not now.is_inference()
    tensor = now.detach() if untouched else before.clone()
    return nn.Parameter(tensor, requires_grad=False) if kind == "_parameters" else tensor


def same(now: Any, before: torch.Tensor | None) -> bool:
    """Whether a tensor is exactly a plain one of before; nothing of another class is asked."""
    if now is None or before is None:
        return now is before
    if type(now) is not torch.Tensor and type(now) is not nn.Parameter:
        return False
    alike = (now.shape, now.dtype, now.device) == (before.shape, before.dtype, before.device)
    return alike and now.layout is before.layout and torch.equal(_bits(now), _bits(before))


def _bits(tensor: torch.Tensor) -> torch.Tensor:
    """Its content as whole numbers, which compare faster than floats: most of a probe's time."""
    content = tensor.detach().reshape(-1).view(torch.uint8)
    return content.view(torch.int64) if content.numel() % 8 == 0 else content


def _copy(tensor: torch.Tensor | None) -> torch.Tensor | None:
    return None if tensor is None else tensor.detach().clone()
