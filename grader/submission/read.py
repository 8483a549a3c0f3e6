"""Reads a student's notebook file, in any nbformat version, or refuses it with one clear message.

Only the code and Markdown cells are kept. Outputs and metadata are never trusted.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from grader.errors import SubmissionError
from grader.files.escape import printable
from grader.files.untrusted import FileReadError, TooLargeError, exceeds_json_values, read_bounded
from grader.rubric.sections import Limits
from grader.submission.source import is_valid_python, strip_magics

_MOODLE = re.compile(r"_([0-9]{1,20})_assignsubmission_file")
_CANVAS = re.compile(r"^[^_]+_(?:LATE_)?([0-9]{1,20})_[0-9]+_")
MAX_JSON_VALUES = 3_000_000
"""Maximum number of JSON values: more take a gigabyte to parse, and no figure needs as many."""
MAX_CELL_CODE = 2**18
"""Maximum number of characters in one code cell."""
MAX_CODE = 2**20
"""Maximum number of characters of code: parsing takes hundreds of times their size in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a notebook."""

    index: int
    """Position among all cells of the notebook, counted from 0."""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A submitted notebook, reduced to its code and its Markdown text."""

    name: str
    sha256: str
    student: str | None
    cells: tuple[Cell, ...]
    """The non-empty code cells."""
    total_cells: int
    prose: tuple[Cell, ...] = ()
    """The Markdown cells, for the executed notebook."""
    notes: tuple[str, ...] = ()
    """Oddities of the file, for the report."""


def read_submission(path: Path, limits: Limits) -> Submission:
    """Read a notebook file.

    Args:
        path: An ``.ipynb`` file; a symbolic link is refused, because it may point anywhere.
        limits: Size limits.

    Raises:
        SubmissionError: It is not a Python notebook. The message says what to do.
    """
    return parse_submission(read_notebook_bytes(path, limits), path, limits)


def read_notebook_bytes(path: Path, limits: Limits) -> bytes:
    """Return the contents of a file that should be a notebook.

    Raises:
        SubmissionError: It is not a file, is too large or cannot be read.
    """
    name = printable(path.name)
    try:
        return read_bounded(path, limits.file_mb * 2**20, follow=False)
    except TooLargeError as error:
        raise SubmissionError(
            f"{name} is too large: {error}, and the limit is {limits.file_mb:g} MB: "
            "clear the outputs and save it again."
        ) from error
    except FileReadError as error:
        raise SubmissionError(
            f"Cannot read {printable(str(path))}: {error}. Give the path of a notebook's file."
        ) from error


def parse_submission(data: bytes, path: Path, limits: Limits) -> Submission:
    """Parse a notebook.

    Args:
        data: The contents of the file.
        path: The file's path, for its name and the student's id.
        limits: Size limits.

    Raises:
        SubmissionError: It is not a Python notebook. The message says what to do.
    """
    name = printable(path.name)
    digest = hashlib.sha256(data).hexdigest()
    parsed = _parse(data, name)
    cells = _cells(parsed, name)
    if len(cells) > limits.cells:
        raise SubmissionError(f"{name} has {len(cells)} cells; the limit is {limits.cells}.")
    code = _code_cells(cells, name)
    return Submission(
        name=path.name,
        sha256=digest,
        student=student_id(path),
        cells=code,
        total_cells=len(cells),
        prose=_markdown_cells(cells),
        notes=_language_notes(parsed.get("metadata"), code, name),
    )


def student_id(path: Path) -> str | None:
    """Return the student's id that Moodle or Canvas put into the folder's or file's name."""
    if match := _MOODLE.search(path.parent.name):
        return match.group(1)
    match = _CANVAS.match(path.name)
    return match.group(1) if match else None


def _parse(data: bytes, name: str) -> dict[str, Any]:
    if not data.strip():
        raise SubmissionError(f"{name} is empty: save the notebook and submit it again.")
    if exceeds_json_values(data, MAX_JSON_VALUES):
        raise SubmissionError(
            f"{name} holds more than {MAX_JSON_VALUES // 10**6} million values: "
            "clear the outputs and save it again."
        )
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


def _cells(parsed: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the notebook's cells; formats before 4 keep them in worksheets."""
    cells = parsed.get("cells")
    if "worksheets" in parsed:
        sheets = parsed["worksheets"] if isinstance(parsed["worksheets"], list) else []
        groups = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        cells = [cell for group in groups if isinstance(group, list) for cell in group] or None
    if not isinstance(cells, list):
        raise SubmissionError(
            f"{name} is not a notebook (its cells are not a list): save it in Jupyter again."
        )
    return [cell for cell in cells if isinstance(cell, dict)]


def _code_cells(cells: list[dict[str, Any]], name: str) -> tuple[Cell, ...]:
    """Return the non-empty code cells; oversized code is refused because parsing it is costly."""
    code = tuple(
        Cell(index=i, source=source)
        for i, cell in enumerate(cells)
        if cell.get("cell_type") == "code" and (source := _source(cell)).strip()
    )
    if not code:
        raise SubmissionError(
            f"{name} has no code cells with code in them: "
            "save your work in the notebook and submit that file."
        )
    longest = max(code, key=lambda cell: len(cell.source))
    if len(longest.source) > MAX_CELL_CODE:
        raise SubmissionError(
            f"{name} has {len(longest.source) // 1024} KB of code in cell {longest.index + 1}; "
            f"the limit is {MAX_CELL_CODE // 1024} KB: keep data out of the code."
        )
    if sum(len(cell.source) for cell in code) > MAX_CODE:
        raise SubmissionError(
            f"{name} has more than {MAX_CODE // 1024} KB of code: keep data out of the code."
        )
    return code


def _markdown_cells(cells: list[dict[str, Any]]) -> tuple[Cell, ...]:
    """Return the Markdown cells up to a total of MAX_CODE characters; the rest is dropped."""
    texts = [
        Cell(index=i, source=_source(cell))
        for i, cell in enumerate(cells)
        if cell.get("cell_type") == "markdown"
    ]
    totals = accumulate(len(text.source) for text in texts)
    return tuple(text for text, total in zip(texts, totals, strict=True) if total <= MAX_CODE)


def _source(cell: dict[str, Any]) -> str:
    """Return a cell's text: `source`, or `input` or `code` in formats before 4."""
    source = cell.get("source", cell.get("input", cell.get("code", "")))
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str)).replace("\r\n", "\n")
    return text.encode("utf-8", "replace").decode("utf-8")


def _language_notes(metadata: object, code: tuple[Cell, ...], name: str) -> tuple[str, ...]:
    """Refuse a notebook in another language; note a Python notebook with a misleading kernel."""
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    languages = [
        printable(value[:40])
        for part, key in ((spec, "language"), (info, "name"))
        if isinstance(part, dict) and isinstance(value := part.get(key), str) and value
    ]
    if not isinstance(spec, dict):
        return ("The notebook names no kernel; it was run with Python 3.",)
    if not languages or any(
        language.lower() in {"python", "python3", "ipython"} for language in languages
    ):
        return ()
    if sum(is_valid_python(strip_magics(cell.source)) for cell in code) * 2 < len(code):
        raise SubmissionError(
            f"{name} is a notebook in {languages[0]}, not in Python: submit the Python notebook."
        )
    return (f"The notebook says it is in {languages[0]}; its code is Python and was run as such.",)
