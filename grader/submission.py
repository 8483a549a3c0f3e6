"""Reading a student's file: a notebook in any state, reduced to its code, or one clear refusal."""

import hashlib
import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import SubmissionError
from grader.rubric import Limits
from grader.source import parses, readable

_MOODLE = re.compile(r"_(\d+)_assignsubmission_file")
_CANVAS = re.compile(r"^[^_]+_(?:LATE_)?(\d+)_\d+_")
_CURRENT_FORMAT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One code cell, by its position among all cells of the notebook."""

    index: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A notebook as handed in: its code and nothing else of it."""

    name: str
    sha256: str
    student: str | None
    cells: tuple[Cell, ...]
    """The code cells with something in them."""
    total_cells: int
    notes: tuple[str, ...] = ()
    """What was odd about the file, for the report."""


def read_submission(path: Path, limits: Limits) -> Submission:
    """Read a notebook file.

    Args:
        path: An ``.ipynb`` file.
        limits: Size limits.

    Raises:
        SubmissionError: It is not a Python notebook; says what it is and what to do.
    """
    data = _bytes(path, limits)
    notebook = _notebook(_parse(data, path.name), path.name)
    cells = notebook["cells"]
    if len(cells) > limits.cells:
        raise SubmissionError(f"{path.name} has {len(cells)} cells; the limit is {limits.cells}.")
    code = tuple(
        Cell(index=i, source=source)
        for i, cell in enumerate(cells)
        if cell.get("cell_type") == "code" and (source := _source(cell)).strip()
    )
    if not code:
        raise SubmissionError(
            f"{path.name} has no code cells with code in them: "
            "save your work in the notebook and submit that file."
        )
    return Submission(
        name=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        student=student_id(path),
        cells=code,
        total_cells=len(cells),
        notes=_language_notes(notebook.get("metadata"), code, path.name),
    )


def student_id(path: Path) -> str | None:
    """The student's id where a platform's download put one in the file's or folder's name."""
    if found := _MOODLE.search(path.parent.name):
        return found.group(1)
    found = _CANVAS.match(path.name)
    return found.group(1) if found else None


def _bytes(path: Path, limits: Limits) -> bytes:
    """Read a regular file, never a device or a pipe that would hang."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise SubmissionError(f"{path} is not a file: give the path of a notebook (.ipynb).")
        with os.fdopen(descriptor, "rb") as file:
            if status.st_size > limits.file_mb * 2**20:
                raise SubmissionError(
                    f"{path.name} is {status.st_size / 2**20:.0f} MB; "
                    f"the limit is {limits.file_mb:g} MB: clear the outputs and save it again."
                )
            return file.read()
    except OSError as error:
        raise SubmissionError(f"Cannot read {path}: {error.strerror or error}.") from error


def _parse(data: bytes, name: str) -> dict[str, Any]:
    if not data.strip():
        raise SubmissionError(f"{name} is empty: save the notebook and submit it again.")
    try:
        parsed = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SubmissionError(
            f"{name} is not a notebook (it is not UTF-8 text): submit the .ipynb file itself."
        ) from error
    except (ValueError, RecursionError) as error:
        at = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise SubmissionError(
            f"{name} is not a notebook, or was cut off (its JSON breaks{at}): "
            "open it in Jupyter, save it and submit it again."
        ) from error
    if not isinstance(parsed, dict) or not ({"cells", "worksheets"} & parsed.keys()):
        raise SubmissionError(
            f"{name} is JSON but not a notebook (it has no cells): submit the .ipynb file itself."
        )
    return parsed


def _notebook(parsed: dict[str, Any], name: str) -> dict[str, Any]:
    """Bring older formats up to the current one and check what is read from it."""
    major = parsed.get("nbformat", _CURRENT_FORMAT)
    if "worksheets" in parsed or (isinstance(major, int) and major < _CURRENT_FORMAT):
        parsed = _upgraded(parsed, name)
    cells = parsed.get("cells")
    if not isinstance(cells, list):
        raise SubmissionError(
            f"{name} is not a notebook (its cells are not a list): save it in Jupyter again."
        )
    return {"cells": [c for c in cells if isinstance(c, dict)], "metadata": parsed.get("metadata")}


def _upgraded(parsed: dict[str, Any], name: str) -> dict[str, Any]:
    import nbformat  # noqa: PLC0415 (a fifth of a second, for a format that is rarely met)

    try:
        node = nbformat.from_dict(parsed)
        return dict(nbformat.convert(node, _CURRENT_FORMAT))
    except Exception as error:
        raise SubmissionError(
            f"{name} is in an old notebook format that cannot be converted "
            f"({type(error).__name__}): open it in Jupyter and save it again."
        ) from error


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str)).replace("\r\n", "\n")
    return text.encode("utf-8", "replace").decode("utf-8")


def _language_notes(metadata: object, code: tuple[Cell, ...], name: str) -> tuple[str, ...]:
    """Refuse another language's notebook; shrug at a Python one whose kernel has an odd name."""
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    languages = [
        str(value)[:40]
        for part, key in ((spec, "language"), (info, "name"))
        if isinstance(part, dict) and (value := part.get(key))
    ]
    if not isinstance(spec, dict):
        return ("The notebook names no kernel; it was run with Python 3.",)
    if not languages or any(
        language.lower() in {"python", "python3", "ipython"} for language in languages
    ):
        return ()
    if sum(parses(readable(cell.source)) for cell in code) * 2 < len(code):
        raise SubmissionError(
            f"{name} is a notebook in {languages[0]}, not in Python: submit the Python notebook."
        )
    return (f"The notebook says it is in {languages[0]}; its code is Python and was run as such.",)
