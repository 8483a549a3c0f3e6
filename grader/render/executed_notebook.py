"""The notebook as it ran, for a person to open: the student's cells and what they displayed."""

import json
from collections.abc import Iterator, Mapping

import nbformat
from nbformat import NotebookNode

from grader.execution.outputs import Displayed, read_displayed
from grader.execution.result import Execution
from grader.files.untrusted import too_many_parts
from grader.submission.read import Cell, Submission

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_MAX_PARTS = 200_000
_LEFT_OUT = "[left out: it could not be read]"


def to_notebook(submission: Submission, execution: Execution) -> bytes:
    """The executed notebook as a file's bytes; as of any notebook, nobody vouches for what it says.

    Args:
        submission: Its cells.
        execution: What they displayed.
    """
    cells = sorted(
        [*_code(submission.cells, execution.outputs), *_prose(submission.prose)],
        key=lambda pair: pair[0],
    )
    notebook = nbformat.v4.new_notebook(cells=[cell for _, cell in cells], metadata=_METADATA)
    return f"{nbformat.writes(notebook)}\n".encode()


def _code(
    cells: tuple[Cell, ...], outputs: Mapping[int, bytes]
) -> Iterator[tuple[int, NotebookNode]]:
    for count, cell in enumerate(cells, 1):
        displayed = read_displayed(outputs.get(cell.index, b"[]"))
        yield (
            cell.index,
            nbformat.v4.new_code_cell(
                cell.source,
                id=f"cell-{cell.index}",
                execution_count=count,
                outputs=[_output(one, count) for one in displayed],
            ),
        )


def _prose(cells: tuple[Cell, ...]) -> Iterator[tuple[int, NotebookNode]]:
    for cell in cells:
        yield cell.index, nbformat.v4.new_markdown_cell(cell.source, id=f"cell-{cell.index}")


def _output(one: Displayed, count: int) -> NotebookNode:
    texts = one.texts
    content: dict[str, object]
    match one.kind:
        case "stream":
            name = "stderr" if "stderr" in texts else "stdout"
            content = {"name": name, "text": texts.get(name, "")}
        case "error":
            known = {name: texts.get(name, "") for name in ("ename", "evalue")}
            content = {**known, "traceback": texts.get("traceback", "").split("\n")}
        case "execute_result":
            content = {"data": _bundle(texts), "execution_count": count}
        case "display_data":
            content = {"data": _bundle(texts)}
    node: NotebookNode = nbformat.v4.new_output(one.kind, **content)
    return node


def _bundle(texts: Mapping[str, str]) -> dict[str, object]:
    """Forms of one output by media type; those in JSON are read, within measure."""
    found: dict[str, object] = {}
    for mime, text in texts.items():
        if not mime.isascii() or mime.count("/") != 1:
            continue
        found[mime] = _parsed(text) if mime.endswith("json") else text
    return {mime: value for mime, value in found.items() if value is not None} or {
        "text/plain": _LEFT_OUT
    }


def _parsed(text: str) -> object:
    """What JSON says; None where it says nothing that can be shown."""
    if too_many_parts(text.encode(), _MAX_PARTS):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
