"""Makes IPython's shell non-interactive: ``input()``, ``exit()`` and ``%grade``."""

from typing import Any, cast

from IPython.core.getipython import get_ipython


def install() -> None:
    """Make ``input()`` return an empty line, ``exit()`` end a cell and ``%grade`` do nothing."""
    shell = get_ipython()
    if shell is None:
        return
    kernel = cast("Any", shell).kernel  # ipykernel's shell has one; IPython's type does not say so
    kernel.raw_input = lambda _prompt="": ""
    kernel.getpass = lambda *_args, **_kwargs: ""
    shell.user_ns.update(exit=_end_cell, quit=_end_cell)
    shell.magics_manager.register_function(_ignore_grade_magic, magic_name="grade")


def _ignore_grade_magic(_line: str = "") -> None:
    """Ignore ``%grade`` in a notebook that is being graded."""


def _end_cell(*_args: Any) -> None:
    raise SystemExit
