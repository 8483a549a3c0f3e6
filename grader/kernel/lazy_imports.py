"""Import hook that delays modules which libraries import and the lab hardly ever uses.

Importing transformer_lens brings in compilers, data sets and multi-GPU placement: a fifth of a
kernel's memory and start time. In a `lazy_imports` block each of these modules is created empty,
and names imported from it are proxies. The real module is executed on first use.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from types import ModuleType
from typing import Any, cast

LAZY_MODULES = (
    "accelerate",
    "datasets",
    "torch._dynamo",
    "torch.fx.experimental.symbolic_shapes",
    "transformers.generation.continuous_batching.cache",
    "transformers.integrations.eager_paged",
    "transformers.integrations.flex_attention",
)
"""Modules that are delayed, together with their submodules."""
_IMPORTING_LIBRARIES = ("transformers", "transformer_lens")
"""Libraries that import names from the delayed modules."""
_MARKING_DECORATORS = frozenset({"allow_in_graph", "assume_constant_result"})
"""Decorators of torch._dynamo that register a function and return it unchanged."""

_lock = RLock()
_marked: list[tuple["_LazyAttribute", Any]] = []
"""Decorators applied while torch._dynamo was still empty, with their functions."""


class _State:
    """Global flag: True while libraries are being imported, when nothing delayed is used yet."""

    importing = False


@contextmanager
def lazy_imports() -> Iterator[None]:
    """Delay the imports of `LAZY_MODULES` in this block; afterwards imports work normally again.

    Does nothing if the libraries have been imported already, as in a forked kernel.
    """
    if _IMPORTING_LIBRARIES[-1] in sys.modules:
        yield
        return
    sys.meta_path.insert(0, _Finder())
    _State.importing = True
    try:
        yield
    finally:
        _State.importing = False


class _Finder(MetaPathFinder):
    """Finds delayed modules, and the submodules of a delayed package once it has been executed."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package = sys.modules.get(name.rpartition(".")[0])
        if not _State.importing and isinstance(package, _LazyModule):
            _execute_module(package)
            module = sys.modules.get(name)  # the package may have imported it
            return None if module is None else ModuleSpec(name, _LoadedLoader(module))
        if not (_State.importing and any(f"{name}.".startswith(f"{m}.") for m in LAZY_MODULES)):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _LazyLoader(spec.loader)
        return spec


class _LazyLoader(Loader):
    """Creates the module and leaves it empty."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._real.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = self._real
        module.__loader__ = self._real
        cast("Any", module).__class__ = _LazyModule


class _LoadedLoader(Loader):
    """Returns a module that has been loaded already."""

    def __init__(self, module: ModuleType) -> None:
        self._module, self._spec = module, module.__spec__
        # With its spec set, Python would load the module again. Some modules reject setattr.
        vars(module)["__spec__"] = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:  # noqa: ARG002 (a loader's signature)
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        vars(module)["__spec__"] = self._spec


class _LazyModule(ModuleType):
    """A module whose code has not been executed yet."""

    def __getattr__(self, name: str) -> Any:
        if name == "__path__":
            raise AttributeError(name)  # not a package: a package has the attribute
        if _State.importing and not name.startswith("__"):
            return _LazyAttribute(self, name)
        _execute_module(self)
        return getattr(self, name)

    def __dir__(self) -> list[str]:
        _execute_module(self)
        return dir(self)


def _execute_module(module: ModuleType) -> None:
    """Execute a delayed module's code, after its package's."""
    with _lock:
        package = sys.modules.get(module.__name__.rpartition(".")[0])
        if isinstance(package, _LazyModule):
            _execute_module(package)
        if not isinstance(module, _LazyModule) or module.__spec__ is None:
            return
        importing, _State.importing = _State.importing, False
        cast("Any", module).__class__ = ModuleType
        try:
            module.__spec__.loader.exec_module(module)  # type: ignore[union-attr]  # it had one
        except BaseException:
            cast("Any", module).__class__ = _LazyModule
            raise
        finally:
            _State.importing = importing
        _replace_proxies(module)


def _replace_proxies(module: ModuleType) -> None:
    """Replace the module's proxies in the libraries and apply the decorators noted for it."""
    for name, library in list(sys.modules.items()):
        if name.partition(".")[0] in _IMPORTING_LIBRARIES:
            for key, value in list(vars(library).items()):
                if type(value) is _LazyAttribute and value.module is module:
                    setattr(library, key, value.resolve())
    noted = [entry for entry in _marked if entry[0].module is module]
    _marked[:] = [entry for entry in _marked if entry[0].module is not module]
    for decorator, function in noted:
        decorator.resolve()(function)


class _LazyAttribute:
    """Proxy for a function or class imported from a module that is still empty."""

    def __init__(self, module: ModuleType, name: str) -> None:
        self.module = module
        self._name = name

    def resolve(self) -> Any:
        _execute_module(self.module)
        return getattr(self.module, self._name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        marks = self.module.__name__ == "torch._dynamo" and self._name in _MARKING_DECORATORS
        if _State.importing and marks and len(args) == 1:
            _marked.append((self, args[0]))
            return args[0]
        return self.resolve()(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.resolve(), name)

    def __instancecheck__(self, thing: object) -> bool:
        # A class that has not been loaded has no instances.
        return not isinstance(self.module, _LazyModule) and isinstance(thing, self.resolve())

    def __subclasscheck__(self, kind: type) -> bool:
        return not isinstance(self.module, _LazyModule) and issubclass(kind, self.resolve())

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return (self.resolve(),)

    def __or__(self, other: object) -> Any:
        return Any  # used in an annotation, where any type will do

    __ror__: Callable[[Any, object], Any] = __or__
