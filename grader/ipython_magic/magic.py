"""``%grade``: what is typed, and what is shown."""

import random
import shlex
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from io import StringIO
from time import perf_counter
from typing import Any, NoReturn

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from rich.console import Console

from grader.errors import GraderError
from grader.ipython_magic.check import Checked
from grader.render.html import to_fragment
from grader.render.terminal import render
from grader.report.model import Report

# MERGED: What may be typed after ``%grade``.
# MERGED: A check's report as one display: a page's fragment, and plain text where there is no page.
_MOST_HINTS = 3
USAGE = f"%grade [CRITERION|FUNCTION] [--hint 0..{_MOST_HINTS}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What to check, and how much help to give."""

    name: str | None = None
    hints: int = 0


class _Parser(ArgumentParser):
    """Says in one line what is wrong; ends nothing."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{USAGE}: {message}")


def parse(line: str) -> Arguments:
    """Read a line.

    Args:
        line: All after ``%grade``.

    Raises:
        UsageError: It is not understood; says how it is written.
    """
    parser = _Parser(prog="%grade", add_help=False, allow_abbrev=False)
    parser.add_argument("name", nargs="?")
    parser.add_argument("--hint", "--hints", type=int, choices=range(_MOST_HINTS + 1), default=0)
    try:
        found = parser.parse_args(shlex.split(line))
    except ValueError as error:
        raise UsageError(f"{USAGE}: {error}") from None
    return Arguments(name=found.name, hints=found.hint)


_WIDTH = 100


def bundle(checked: Checked, *, hints: int, seconds: float) -> dict[str, str]:
    """A check by its display types.

    Args:
        checked: What to show.
        hints: How many hints on each mistake, of up to three.
        seconds: How long the check took.
    """
    report = checked.report
    number = len(report.verdicts)
    took = f"Checked {number} {'criterion' if number == 1 else 'criteria'} in {seconds:.1f} s."
    said = replace(report, notes=(*report.notes, took))
    page = to_fragment(said, checked.pictures, hints)
    return {"text/html": page, "text/plain": _text(said, hints)}


def _text(report: Report, hints: int) -> str:
    console = Console(file=StringIO(), width=_WIDTH, color_system=None, force_jupyter=False)
    with console.capture() as captured:
        console.print(render(report, hints))
    return captured.get()


def add_to(shell: object) -> None:
    """Give a shell ``%grade``, with its names completed.

    Args:
        shell: IPython's.
    """
    if isinstance(shell, InteractiveShell):
        shell.magics_manager.register_function(_command(shell), magic_name="grade")
        shell.set_hook("complete_command", _names, str_key="%grade")


def _command(shell: InteractiveShell) -> Callable[[str], None]:
    def grade(line: str) -> None:
        """Check what this notebook has defined so far, with public inputs only.

        %grade                                     everything
        %grade compute_induction_scores            one function, or one criterion
        %grade compute_induction_scores --hint 2   with up to 3 hints on known mistakes
        """
        _check(shell.user_ns, parse(line))

    return grade


@contextmanager
def _undrawn() -> Iterator[None]:
    """Leave Python's own random numbers alone: some libraries draw while they are imported."""
    state = random.getstate()
    try:
        yield
    finally:
        random.setstate(state)


@_undrawn()
def _check(namespace: dict[str, Any], asked: Arguments) -> None:
    start = perf_counter()
    # Torch and the rubric are read by the first check, not by `%load_ext`.
    from grader.ipython_magic.check import StoppedError, check  # noqa: PLC0415
    from grader.ipython_magic.lab import shelf  # noqa: PLC0415

    try:
        checked = check(namespace, asked.name)
    except GraderError as error:
        raise UsageError(str(error)) from None
    except (StoppedError, KeyboardInterrupt) as stopped:
        shelf.cache_clear()  # a model of ours may be half built
        print(f"Stopped{f' in {stopped}' if str(stopped) else ''}: nothing was checked.")
        return
    if checked.report.verdicts:
        display(bundle(checked, hints=asked.hints, seconds=perf_counter() - start), raw=True)
    else:
        print("\n".join(checked.report.notes))


def _names(_shell: object, _event: object) -> list[str]:
    """What can be checked, for the tab key."""
    with suppress(GraderError):
        from grader.ipython_magic.lab import installed_lab  # noqa: PLC0415

        criteria = installed_lab().file.rubric.criteria
        named = [name for c in criteria for name in (c.function, c.id) if name]
        return ["--hint", *dict.fromkeys(named)]
    return []
