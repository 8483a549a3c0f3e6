"""What a kernel defines: the student's names, and which functions are not written yet."""

import inspect
import os
import sys
import warnings
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from textwrap import dedent
from types import FunctionType, ModuleType
from typing import Any

from IPython.utils.capture import capture_output

from grader.kernel.global_state import settings_kept
from grader.submission.source import stubs


# MERGED: A kernel as it was, whatever the student's functions do to it while they are asked.
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


_ABSENT = object()


@contextmanager
def untouched(namespace: dict[str, Any]) -> Iterator[None]:
    """Leave random numbers, settings, warnings, names and figures as they are; show nothing.

    Args:
        namespace: The student's.
    """
    with ExitStack() as stack:
        stack.enter_context(settings_kept())
        stack.enter_context(_names_kept(namespace))
        stack.enter_context(_figures_kept())
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        nowhere = stack.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
        stack.enter_context(redirect_stdout(nowhere))
        stack.enter_context(redirect_stderr(nowhere))
        stack.enter_context(capture_output(stdout=False, stderr=False))
        yield


@contextmanager
def _names_kept(namespace: dict[str, Any]) -> Iterator[None]:
    before = dict(namespace)
    try:
        yield
    finally:
        for name in namespace.keys() - before.keys():
            del namespace[name]
        for name, thing in before.items():
            if namespace.get(name, _ABSENT) is not thing:
                namespace[name] = thing


@contextmanager
def _figures_kept() -> Iterator[None]:
    """Matplotlib's open figures: Jupyter shows them all when a cell ends."""
    managers = getattr(sys.modules.get("matplotlib._pylab_helpers"), "Gcf", None)
    if managers is None:
        yield
        return
    own, managers.figs = managers.figs, OrderedDict()
    try:
        yield
    finally:
        managers.destroy_all()
        managers.figs = own
