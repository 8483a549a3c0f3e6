"""Provides ``google.colab``, whose modules do nothing."""

import sys
import types
from typing import Any


def install() -> None:
    """Install a google.colab package whose modules, such as ``drive``, do nothing."""
    colab = _NullModule("google.colab")
    colab.__path__ = []
    for part in ("drive", "files", "userdata", "output"):
        module = _NullModule(f"google.colab.{part}")
        setattr(colab, part, module)
        sys.modules[module.__name__] = module
    sys.modules["google.colab"] = colab
    google = sys.modules.setdefault("google", types.ModuleType("google"))
    google.colab = colab  # type: ignore[attr-defined]  # the shim is what defines it


class _NullModule(types.ModuleType):
    """A module whose every attribute is a function that does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_args, **_kwargs: None
