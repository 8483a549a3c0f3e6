"""Modules that libraries import and the lab hardly ever uses: their import waits for their use.

Importing transformer_lens brings in compilers, data sets and what places models on many machines: a
fifth of a kernel's memory and of its start. While `deferring` lasts, each of these modules is there
but empty, and what is imported from it is a stand-in. Whoever uses either gets the real thing.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from types import ModuleType
from typing import Any, cast

DEFERRED = (
    "accelerate",
    "datasets",
    "torch._dynamo",
    "torch.fx.experimental.symbolic_shapes",
    "transformers.generation.continuous_batching.cache",
    "transformers.integrations.eager_paged",
    "transformers.integrations.flex_attention",
)
"""These and what is below them."""
_HOLDERS = ("transformers", "transformer_lens")
"""Libraries that import names from them."""
_MARKS = frozenset({"allow_in_graph", "assume_constant_result"})
"""Decorators of torch._dynamo that return what they are given, having noted it."""

_lock = RLock()
_marked: list[tuple["_Later", Any]] = []


class _Importing:
    """Whether libraries are being imported now, which use nothing of these yet."""

    now = False


@contextmanager
def deferring() -> Iterator[None]:
    """Defer what is imported within the block; afterwards every import is Python's own again.

    Where it has all been imported, as in a forked kernel, nothing is done.
    """
    if _HOLDERS[-1] in sys.modules:
        yield
        return
    sys.meta_path.insert(0, _Finder())
    _Importing.now = True
    try:
        yield
    finally:
        _Importing.now = False


class _Finder(MetaPathFinder):
    """Finds the modules that are deferred, and later what is below one: never before that."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package = sys.modules.get(name.rpartition(".")[0])
        if not _Importing.now and isinstance(package, _Deferred):
            _load(package)
            found = sys.modules.get(name)  # the package may have imported it
            return None if found is None else ModuleSpec(name, _There(found))
        if not (_Importing.now and any(f"{name}.".startswith(f"{d}.") for d in DEFERRED)):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Waiting(spec.loader)
        return spec


class _Waiting(Loader):
    """Loads nothing yet."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._real.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = self._real
        module.__loader__ = self._real
        cast("Any", module).__class__ = _Deferred


class _There(Loader):
    """Loads what has been loaded."""

    def __init__(self, module: ModuleType) -> None:
        self._module, self._spec = module, module.__spec__
        # Or Python would go by that one and load it again. Some modules let no attribute be set.
        vars(module)["__spec__"] = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:  # noqa: ARG002 (a loader's form)
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        vars(module)["__spec__"] = self._spec


class _Deferred(ModuleType):
    """A module that is still empty."""

    def __getattr__(self, name: str) -> Any:
        if name == "__path__":
            raise AttributeError(name)  # it is no package, or it would have one
        if _Importing.now and not name.startswith("__"):
            return _Later(self, name)
        _load(self)
        return getattr(self, name)

    def __dir__(self) -> list[str]:
        _load(self)
        return dir(self)


def _load(module: ModuleType) -> None:
    """Run the module's code, its package's first."""
    with _lock:
        package = sys.modules.get(module.__name__.rpartition(".")[0])
        if isinstance(package, _Deferred):
            _load(package)
        if not isinstance(module, _Deferred) or module.__spec__ is None:
            return
        importing, _Importing.now = _Importing.now, False
        cast("Any", module).__class__ = ModuleType
        try:
            module.__spec__.loader.exec_module(module)  # type: ignore[union-attr]  # it had one
        except BaseException:
            cast("Any", module).__class__ = _Deferred
            raise
        finally:
            _Importing.now = importing
        _put_in_place(module)


def _put_in_place(module: ModuleType) -> None:
    """Give those who imported something from a module the real thing, and note what they marked."""
    for name, holder in list(sys.modules.items()):
        if name.partition(".")[0] in _HOLDERS:
            for key, value in list(vars(holder).items()):
                if type(value) is _Later and value.module is module:
                    setattr(holder, key, value.real())
    mine = [entry for entry in _marked if entry[0].module is module]
    _marked[:] = [entry for entry in _marked if entry[0].module is not module]
    for mark, marked in mine:
        mark.real()(marked)


class _Later:
    """What was imported from a module that is still empty: a function, or a class."""

    def __init__(self, module: ModuleType, name: str) -> None:
        self.module = module
        self._name = name

    def real(self) -> Any:
        _load(self.module)
        return getattr(self.module, self._name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        marks = self.module.__name__ == "torch._dynamo" and self._name in _MARKS
        if _Importing.now and marks and len(args) == 1:
            _marked.append((self, args[0]))
            return args[0]
        return self.real()(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real(), name)

    def __instancecheck__(self, thing: object) -> bool:
        # There is nothing of a class that is not there.
        return not isinstance(self.module, _Deferred) and isinstance(thing, self.real())

    def __subclasscheck__(self, kind: type) -> bool:
        return not isinstance(self.module, _Deferred) and issubclass(kind, self.real())

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return (self.real(),)

    def __or__(self, other: object) -> Any:
        return Any  # in an annotation: whatever it is

    __ror__: Callable[[Any, object], Any] = __or__
