"""Runs a function on a module right after the module has been imported."""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_patches: dict[str, list[Callable[[ModuleType], None]]] = {}
"""Functions to run on modules that have not been imported yet, by the module's name."""


def when_imported(name: str, patch: Callable[[ModuleType], None]) -> None:
    """Run a function on a module: now if it is imported, else right after its import.

    Args:
        name: Full name of the module.
        patch: Function that changes the module.
    """
    module = sys.modules.get(name)
    if module is not None:
        patch(module)
        return
    _patches.setdefault(name, []).append(patch)
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Finds the modules that are to be patched, with a loader that patches them."""

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None,  # noqa: ARG002 (a finder's signature)
        target: ModuleType | None = None,  # noqa: ARG002 (a finder's signature)
    ) -> ModuleSpec | None:
        patches = _patches.pop(name, None)  # popped first: the search below comes here again
        if patches is None:
            return None
        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _PatchingLoader(spec.loader, patches)
        return spec


class _PatchingLoader(Loader):
    """Loads a module and then runs the functions on it."""

    def __init__(self, real: Any, patches: Sequence[Callable[[ModuleType], None]]) -> None:
        self._real = real
        self._patches = patches

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._real.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        self._real.exec_module(module)
        for patch in self._patches:
            patch(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)  # such as `get_source`, for tracebacks
