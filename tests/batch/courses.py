"""Builds a small course whose notebooks are graded in a second or two."""

from collections.abc import Mapping
from pathlib import Path

from tests.attacks.notebooks import base_cells
from tests.attacks.traces import RUBRIC
from tests.notebooks import write

GRADE = ("--rubric", str(RUBRIC), "--device", "cpu")
"""Options of every command."""


def course(folder: Path, students: Mapping[str, str]) -> Path:
    """Write a flat folder of notebooks.

    Args:
        folder: The folder to create.
        students: Each student's kind of notebook: ``correct``, ``wrong`` or ``broken``.
    """
    folder.mkdir()
    for name, base in students.items():
        if base == "broken":
            (folder / f"{name}.ipynb").write_text("no notebook")
        else:
            write(folder / f"{name}.ipynb", base_cells(base))
    return folder
