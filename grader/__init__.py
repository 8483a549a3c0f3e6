"""Grades the induction-head lab: values against a reference, within tolerances a rubric states."""

import sys


def load_ipython_extension(ipython: object) -> None:
    """``%load_ext grader``: give a notebook's kernel ``%grade``.

    Where a notebook is being graded, ``%grade`` is there already, and does nothing.

    Args:
        ipython: The shell.
    """
    kernel = getattr(sys.modules.get("grader.kernel.startup"), "Kernel", None)
    if not hasattr(kernel, "shelf"):
        from grader.ipython_magic.magic import add_to  # noqa: PLC0415 (`import grader` loads nothing else)

        add_to(ipython)
