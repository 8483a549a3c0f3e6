"""Builds the executed notebook: the student's cells with their outputs, for a person to open."""

import json
from collections.abc import Iterator, Mapping

import nbformat
from nbformat import NotebookNode

from grader.execution.cell_outputs import CellOutput, parse_outputs
from grader.execution.result import RunResult
from grader.files.untrusted import exceeds_json_values
from grader.submission.read import Cell, Submission

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_MAX_JSON_VALUES = 200_000
_UNREADABLE = "[left out: it could not be read]"


def to_notebook(submission: Submission, execution: RunResult) -> bytes:
    """Return the executed notebook as an ``.ipynb`` file.

    Its contents come from the student and are as untrusted as the submission itself.
    """
    cells = sorted(
        [
            *_code_cells(submission.cells, execution.outputs),
            *_markdown_cells(submission.prose),
        ],
        key=lambda pair: pair[0],
    )
    notebook = nbformat.v4.new_notebook(cells=[cell for _, cell in cells], metadata=_METADATA)
    return f"{nbformat.writes(notebook)}\n".encode()


def _code_cells(
    cells: tuple[Cell, ...], outputs: Mapping[int, bytes]
) -> Iterator[tuple[int, NotebookNode]]:
    for count, cell in enumerate(cells, 1):
        displayed = parse_outputs(outputs.get(cell.index, b"[]"))
        yield (
            cell.index,
            nbformat.v4.new_code_cell(
                cell.source,
                id=f"cell-{cell.index}",
                execution_count=count,
                outputs=[_to_output(output, count) for output in displayed],
            ),
        )


def _markdown_cells(cells: tuple[Cell, ...]) -> Iterator[tuple[int, NotebookNode]]:
    for cell in cells:
        yield cell.index, nbformat.v4.new_markdown_cell(cell.source, id=f"cell-{cell.index}")


def _to_output(output: CellOutput, count: int) -> NotebookNode:
    texts = output.texts
    content: dict[str, object]
    match output.kind:
        case "stream":
            name = "stderr" if "stderr" in texts else "stdout"
            content = {"name": name, "text": texts.get(name, "")}
        case "error":
            error = {name: texts.get(name, "") for name in ("ename", "evalue")}
            content = {**error, "traceback": texts.get("traceback", "").split("\n")}
        case "execute_result":
            content = {"data": _mime_bundle(texts), "execution_count": count}
        case "display_data":
            content = {"data": _mime_bundle(texts)}
    node: NotebookNode = nbformat.v4.new_output(output.kind, **content)
    return node


def _mime_bundle(texts: Mapping[str, str]) -> dict[str, object]:
    """Return an output's representations by media type, with JSON parsed if it is small enough."""
    bundle: dict[str, object] = {}
    for mime, text in texts.items():
        if not mime.isascii() or mime.count("/") != 1:
            continue
        bundle[mime] = _parse_json(text) if mime.endswith("json") else text
    return {mime: value for mime, value in bundle.items() if value is not None} or {
        "text/plain": _UNREADABLE
    }


def _parse_json(text: str) -> object:
    """Parse JSON; return None if it is invalid or holds too many values."""
    if exceeds_json_values(text.encode(), _MAX_JSON_VALUES):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
