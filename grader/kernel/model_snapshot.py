"""A model as it was built: what has been done to it since, and how that is undone."""

import sys
from collections.abc import Mapping
from itertools import chain
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

    def __init__(
        self, model: HookedTransformer, copies: Mapping[str, torch.Tensor] | None = None
    ) -> None:
        """Take a model that nobody has touched yet.

        Args:
            model: The model.
            copies: Of its parameters, by their names, where they need not be made.
        """
        self.model = model
        self._modules = [_Module(module) for module in model.modules()]
        self.refill(model, copies or {})
        self._holders = 0
        self.gone = False
        """Whether its weights were let go of."""

    @property
    def size(self) -> int:
        """Bytes of its weights."""
        return sum(module.size for module in self._modules)

    def settle(self) -> None:
        """Say that nobody else has the model yet."""
        self._holders = sys.getrefcount(self.model)

    @property
    def idle(self) -> bool:
        """Whether nobody has the model who did not when it settled."""
        return sys.getrefcount(self.model) <= self._holders

    def let_go(self) -> None:
        """Forget the weights; the model itself stays, so that no other is taken for it."""
        self.gone = True
        for module in self._modules:
            module.let_go()

    def refill(self, fresh: HookedTransformer, copies: Mapping[str, torch.Tensor]) -> None:
        """Take the weights of a model that was built anew.

        Args:
            fresh: The same model, which nobody has touched yet.
            copies: Of its parameters, as above.
        """
        self.gone = False
        for module, (path, new) in zip(self._modules, fresh.named_modules(), strict=True):
            module.take(new, path, copies)

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
        self._tensors: dict[str, dict[str, torch.Tensor | None]] = {}

    @property
    def size(self) -> int:
        kept = chain.from_iterable(tensors.values() for tensors in self._tensors.values())
        return sum(tensor.nbytes for tensor in kept if tensor is not None)

    def let_go(self) -> None:
        self._tensors = {kind: {} for kind in _TENSORS}
        for kind in _TENSORS:
            vars(self.module)[kind].clear()

    def take(self, new: nn.Module, path: str, copies: Mapping[str, torch.Tensor]) -> None:
        """Have a new module's tensors, and keep copies of them."""
        for kind in _TENSORS:
            tensors = dict(vars(new)[kind])
            vars(self.module)[kind].update(tensors)
            self._tensors[kind] = {
                name: _copy(tensor) if (copy := copies.get(f"{path}.{name}")) is None else copy
                for name, tensor in tensors.items()
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
