"""A small course: notebooks that are graded in a second or two by a small rubric."""

from collections.abc import Mapping
from pathlib import Path

from tests.attacks.notebooks import base_cells
from tests.attacks.traces import RUBRIC
from tests.notebooks import write

GRADE = ("--rubric", str(RUBRIC), "--device", "cpu")
"""What every command has in common."""


def course(folder: Path, students: Mapping[str, str]) -> Path:
    """A flat folder of notebooks.

    Args:
        folder: Where to.
        students: Names to ``correct``, ``wrong`` or ``broken``.
    """
    folder.mkdir()
    for name, base in students.items():
        if base == "broken":
            (folder / f"{name}.ipynb").write_text("no notebook")
        else:
            write(folder / f"{name}.ipynb", base_cells(base))
    return folder
