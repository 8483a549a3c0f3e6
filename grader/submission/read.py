"""Reading a student's file: a notebook in any state, reduced to its code, or one clear refusal."""

import hashlib
import json
import re
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from grader.errors import SubmissionError
from grader.files.untrusted import ReadingError, TooLargeError, read_regular, shown, too_many_parts
from grader.rubric.model import Limits
from grader.submission.source import parses, readable

_MOODLE = re.compile(r"_([0-9]{1,20})_assignsubmission_file")
_CANVAS = re.compile(r"^[^_]+_(?:LATE_)?([0-9]{1,20})_[0-9]+_")
MAX_PARTS = 3_000_000
"""JSON of more values than this takes a gigabyte to read, and no figure needs as many."""
MAX_CELL_CODE = 2**18
MAX_CODE = 2**20
"""Characters of code: to read them takes hundreds of times their size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell, by its position among all cells of the notebook."""

    index: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A notebook as handed in: its code and its text, and nothing else of it."""

    name: str
    sha256: str
    student: str | None
    cells: tuple[Cell, ...]
    """The code cells with something in them."""
    total_cells: int
    prose: tuple[Cell, ...] = ()
    """The cells of text, for a person to read."""
    notes: tuple[str, ...] = ()
    """What was odd about the file, for the report."""


def read_submission(path: Path, limits: Limits) -> Submission:
    """Read a notebook file.

    Args:
        path: An ``.ipynb`` file; a link to one is refused, for it may point anywhere.
        limits: Size limits.

    Raises:
        SubmissionError: It is not a Python notebook; says what it is and what to do.
    """
    return parse_submission(read_bytes(path, limits), path, limits)


def read_bytes(path: Path, limits: Limits) -> bytes:
    """What is in a file that should be a notebook.

    Args:
        path: The file.
        limits: Size limits.

    Raises:
        SubmissionError: It is not a file, is too large, or cannot be read; says what to do.
    """
    name = shown(path.name)
    try:
        return read_regular(path, limits.file_mb * 2**20, follow=False)
    except TooLargeError as error:
        raise SubmissionError(
            f"{name} is too large: {error}, and the limit is {limits.file_mb:g} MB: "
            "clear the outputs and save it again."
        ) from error
    except ReadingError as error:
        raise SubmissionError(
            f"Cannot read {shown(str(path))}: {error}. Give the path of a notebook's file."
        ) from error


def parse_submission(data: bytes, path: Path, limits: Limits) -> Submission:
    """Read a notebook's bytes.

    Args:
        data: What is in the file.
        path: Where it is, for its name.
        limits: Size limits.

    Raises:
        SubmissionError: It is not a Python notebook; says what it is and what to do.
    """
    name = shown(path.name)
    digest = hashlib.sha256(data).hexdigest()
    parsed = _parse(data, name)
    cells = _cells(parsed, name)
    if len(cells) > limits.cells:
        raise SubmissionError(f"{name} has {len(cells)} cells; the limit is {limits.cells}.")
    code = _code(cells, name)
    return Submission(
        name=path.name,
        sha256=digest,
        student=student_id(path),
        cells=code,
        total_cells=len(cells),
        prose=_prose(cells),
        notes=_language_notes(parsed.get("metadata"), code, name),
    )


def student_id(path: Path) -> str | None:
    """The student's id where a platform's download put one in the file's or folder's name."""
    if found := _MOODLE.search(path.parent.name):
        return found.group(1)
    found = _CANVAS.match(path.name)
    return found.group(1) if found else None


def _parse(data: bytes, name: str) -> dict[str, Any]:
    if not data.strip():
        raise SubmissionError(f"{name} is empty: save the notebook and submit it again.")
    if too_many_parts(data, MAX_PARTS):
        raise SubmissionError(
            f"{name} holds more than {MAX_PARTS // 10**6} million values: "
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
    """The cells; before format 4 they were on worksheets."""
    cells = parsed.get("cells")
    if "worksheets" in parsed:
        sheets = parsed["worksheets"]
        pages = (
            [s.get("cells") for s in sheets if isinstance(s, dict)]
            if isinstance(sheets, list)
            else []
        )
        cells = [cell for page in pages if isinstance(page, list) for cell in page] or None
    if not isinstance(cells, list):
        raise SubmissionError(
            f"{name} is not a notebook (its cells are not a list): save it in Jupyter again."
        )
    return [cell for cell in cells if isinstance(cell, dict)]


def _code(cells: list[dict[str, Any]], name: str) -> tuple[Cell, ...]:
    """The cells with code in them, none of them so long that reading it is the attack."""
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


def _prose(cells: list[dict[str, Any]]) -> tuple[Cell, ...]:
    """The cells of text, as far as there is room for them; nothing depends on it."""
    texts = [
        Cell(index=i, source=_source(cell))
        for i, cell in enumerate(cells)
        if cell.get("cell_type") == "markdown"
    ]
    lengths = accumulate(len(text.source) for text in texts)
    return tuple(text for text, so_far in zip(texts, lengths, strict=True) if so_far <= MAX_CODE)


def _source(cell: dict[str, Any]) -> str:
    """A cell's text; formats before 4 called it input, the first one code."""
    source = cell.get("source", cell.get("input", cell.get("code", "")))
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str)).replace("\r\n", "\n")
    return text.encode("utf-8", "replace").decode("utf-8")


def _language_notes(metadata: object, code: tuple[Cell, ...], name: str) -> tuple[str, ...]:
    """Refuse another language's notebook; shrug at a Python one whose kernel has an odd name."""
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    languages = [
        shown(value[:40])
        for part, key in ((spec, "language"), (info, "name"))
        if isinstance(part, dict) and isinstance(value := part.get(key), str) and value
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
