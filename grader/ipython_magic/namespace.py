"""Reads a kernel's namespace, and restores the kernel's state after a check."""

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

from grader.kernel.global_state import preserve_global_state
from grader.submission.source import find_stubs

_ABSENT = object()


def student_names(namespace: Mapping[str, Any]) -> frozenset[str]:
    """Return the student's own names, without modules and IPython's names."""
    return frozenset(
        name
        for name, value in namespace.items()
        if not name.startswith("_") and type(value) is not ModuleType
    )


def stubs_in(namespace: Mapping[str, Any], functions: Iterable[str]) -> frozenset[str]:
    """Return those of the functions that are still stubs."""
    return find_stubs(_sources(namespace, functions)) & frozenset(functions)


def _sources(namespace: Mapping[str, Any], functions: Iterable[str]) -> Iterator[str]:
    for name in functions:
        value = namespace.get(name)
        if type(value) is FunctionType and value.__name__ == name:
            try:
                yield dedent(inspect.getsource(value))
            except (OSError, TypeError, SyntaxError):
                continue  # the source is not available, so the function is called


@contextmanager
def preserve_state(namespace: dict[str, Any]) -> Iterator[None]:
    """Restore random states, settings, warnings, names and figures afterwards; discard output."""
    with ExitStack() as stack:
        stack.enter_context(preserve_global_state())
        stack.enter_context(_restore_names(namespace))
        stack.enter_context(_restore_figures())
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        devnull = stack.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
        stack.enter_context(redirect_stdout(devnull))
        stack.enter_context(redirect_stderr(devnull))
        stack.enter_context(capture_output(stdout=False, stderr=False))
        yield


@contextmanager
def _restore_names(namespace: dict[str, Any]) -> Iterator[None]:
    before = dict(namespace)
    try:
        yield
    finally:
        for name in namespace.keys() - before.keys():
            del namespace[name]
        for name, value in before.items():
            if namespace.get(name, _ABSENT) is not value:
                namespace[name] = value


@contextmanager
def _restore_figures() -> Iterator[None]:
    """Set Matplotlib's open figures aside: Jupyter shows every open figure when a cell ends."""
    managers = getattr(sys.modules.get("matplotlib._pylab_helpers"), "Gcf", None)
    if managers is None:
        yield
        return
    before, managers.figs = managers.figs, OrderedDict()
    try:
        yield
    finally:
        managers.destroy_all()
        managers.figs = before
