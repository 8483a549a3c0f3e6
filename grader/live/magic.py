"""``%grade``: what is typed, and what is shown."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import perf_counter
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from grader.errors import GraderError
from grader.live.arguments import Arguments, parse


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
    from grader.live.asking import StoppedError  # noqa: PLC0415
    from grader.live.checking import check  # noqa: PLC0415
    from grader.live.models import shelf  # noqa: PLC0415
    from grader.live.showing import bundle  # noqa: PLC0415

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
        from grader.live.lab import installed_lab  # noqa: PLC0415 (as above)

        criteria = installed_lab().file.rubric.criteria
        named = [name for c in criteria for name in (c.function, c.id) if name]
        return ["--hint", *dict.fromkeys(named)]
    return []
