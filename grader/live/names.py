"""What a kernel defines: the student's names, and which functions are not written yet."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from textwrap import dedent
from types import FunctionType, ModuleType
from typing import Any

from grader.source import stubs


def names_in(namespace: Mapping[str, Any]) -> frozenset[str]:
    """The student's own names: no imported module's, none of IPython's."""
    return frozenset(
        name
        for name, thing in namespace.items()
        if not name.startswith("_") and type(thing) is not ModuleType
    )


def stubs_in(namespace: Mapping[str, Any], functions: Iterable[str]) -> frozenset[str]:
    """Those of some functions that do nothing yet.

    Args:
        namespace: The kernel's.
        functions: Names of functions that are asked for.
    """
    return stubs(_sources(namespace, functions)) & frozenset(functions)


def _sources(namespace: Mapping[str, Any], functions: Iterable[str]) -> Iterator[str]:
    for name in functions:
        thing = namespace.get(name)
        if type(thing) is FunctionType and thing.__name__ == name:
            try:
                yield dedent(inspect.getsource(thing))
            except (OSError, TypeError, SyntaxError):
                continue  # it came from nowhere that can be read; then it is called
