"""``%grade``: registers the magic, parses its arguments and runs a check.

`%load_ext grader` imports this module, so it imports neither torch nor the rubric at its top.
"""

import random
import shlex
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NoReturn

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from grader.errors import GraderError

_MAX_HINTS = 3
USAGE = f"%grade [CRITERION|FUNCTION] [--hints 0..{_MAX_HINTS}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """The arguments of ``%grade``."""

    name: str | None = None
    hints: int = 0


class _Parser(ArgumentParser):
    """Reports an error as IPython's one-line UsageError instead of exiting."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{USAGE}: {message}")


def parse_arguments(line: str) -> Arguments:
    """Parse everything after ``%grade``.

    Raises:
        UsageError: The line is not understood; the message shows the usage.
    """
    parser = _Parser(prog="%grade", add_help=False, allow_abbrev=False)
    parser.add_argument("name", nargs="?")
    parser.add_argument("--hints", type=int, choices=range(_MAX_HINTS + 1), default=0)
    try:
        arguments = parser.parse_args(shlex.split(line))
    except ValueError as error:
        raise UsageError(f"{USAGE}: {error}") from None
    return Arguments(name=arguments.name, hints=arguments.hints)


def register_magic(shell: object) -> None:
    """Add ``%grade`` to an IPython shell, with completion of names."""
    if isinstance(shell, InteractiveShell):
        shell.magics_manager.register_function(_magic(shell), magic_name="grade")
        shell.set_hook("complete_command", _completions, str_key="%grade")


def _magic(shell: InteractiveShell) -> Callable[[str], None]:
    def grade(line: str) -> None:
        """Check what this notebook has defined so far, with public inputs only.

        %grade                                      everything
        %grade compute_induction_scores             one function, or one criterion
        %grade compute_induction_scores --hints 2   with up to 3 hints on known mistakes
        """
        _check(shell.user_ns, parse_arguments(line))

    return grade


@contextmanager
def _python_random_state_kept() -> Iterator[None]:
    """Restore Python's random state: some libraries draw numbers while they are imported."""
    state = random.getstate()
    try:
        yield
    finally:
        random.setstate(state)


@_python_random_state_kept()
def _check(namespace: dict[str, Any], arguments: Arguments) -> None:
    start = perf_counter()
    from grader.ipython_magic.check import StoppedError, check  # noqa: PLC0415
    from grader.ipython_magic.display import mime_bundle  # noqa: PLC0415
    from grader.ipython_magic.installed_lab import model_store  # noqa: PLC0415

    try:
        checked = check(namespace, arguments.name)
    except GraderError as error:
        raise UsageError(str(error)) from None
    except (StoppedError, KeyboardInterrupt) as stopped:
        model_store.cache_clear()  # a grading model may be half built
        print(f"Stopped{f' in {stopped}' if str(stopped) else ''}: nothing was checked.")
        return
    if checked.report.verdicts:
        seconds = perf_counter() - start
        display(mime_bundle(checked, hints=arguments.hints, seconds=seconds), raw=True)
    else:
        print("\n".join(checked.report.notes))


def _completions(_shell: object, _event: object) -> list[str]:
    """Return the words that the tab key offers after ``%grade``."""
    with suppress(GraderError):
        from grader.ipython_magic.installed_lab import installed_lab  # noqa: PLC0415

        criteria = installed_lab().file.rubric.criteria
        names = [name for c in criteria for name in (c.function, c.id) if name]
        return ["--hints", *dict.fromkeys(names)]
    return []
