"""Grades notebooks of the induction-head lab: values are compared with a reference by a rubric.

`docs/api.md` describes what this module exports. Importing it loads nothing else: a name's module
is imported when the name is first used.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.batch.run import grade_folder
    from grader.errors import GraderError
    from grader.grading.pipeline import grade_notebook
    from grader.report.model import Report
    from grader.rubric.load import load_rubric

__all__ = ["GraderError", "Report", "grade_folder", "grade_notebook", "load_rubric"]

_MODULES = {
    "GraderError": "grader.errors",
    "Report": "grader.report.model",
    "grade_folder": "grader.batch.run",
    "grade_notebook": "grader.grading.pipeline",
    "load_rubric": "grader.rubric.load",
}


if not TYPE_CHECKING:  # with it, type checkers would accept any name

    def __getattr__(name: str) -> Any:  # noqa: ANN401 (a function or a class)
        """Import an exported name when it is first used."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_MODULES[name]), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(ipython: object) -> None:
    """Add ``%grade`` to a notebook's kernel (``%load_ext grader``).

    In a kernel that grades the notebook, ``%grade`` is defined already and does nothing.
    """
    kernel = getattr(sys.modules.get("grader.kernel.startup"), "Kernel", None)
    if not hasattr(kernel, "model_name"):  # only a kernel that grades has set it
        from grader.ipython_magic.magic import register_magic  # noqa: PLC0415 (keeps imports lazy)

        register_magic(ipython)
