"""The template with its answers put in: the worked solution, which no student gets."""

import ast
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

ABOUT = """\
# Induction heads: a worked solution

*For those who teach the lab, and not for students. Every cell of the student's notebook is here,
with its answers filled in. Numbers in the text were found on the planted model `planted-12x12`, on
which the lab is graded; those of GPT-2 small differ, and are named where they are known.*
"""
_ASKED = "**What should you see?**"
_STUB = "raise NotImplementedError("


def solved(template: NotebookNode, answers: Iterable[NotebookNode]) -> NotebookNode:
    """Put an answer in the place of every stub, and one below every question about what is seen.

    Args:
        template: The student's notebook; its cells are filled in place.
        answers: One cell for each stub and each question, in the notebook's order.

    Raises:
        ValueError: A stub or a question has no answer, or an answer has neither.
    """
    pending = iter([cell for cell in answers if not _is_comment(cell)])
    template.cells = [new_markdown_cell(ABOUT.strip()), *_filled(template.cells, pending)]
    if left := next(pending, None):
        raise ValueError(f"the template has no place for this answer: {left.source[:60]!r}")
    return template


def _is_comment(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and not ast.parse(cell.source).body


def _filled(
    cells: Iterable[NotebookNode], answers: Iterator[NotebookNode]
) -> Iterator[NotebookNode]:
    for cell in cells:
        if cell.cell_type == "code" and _STUB in cell.source:
            cell.source = _answered(cell.source, _next(answers, "code", cell.source))
        yield cell
        if cell.cell_type == "markdown" and _ASKED in cell.source:
            yield new_markdown_cell(_next(answers, "markdown", cell.source))


def _next(answers: Iterator[NotebookNode], kind: str, place: str) -> str:
    """The source of the next answer, which must be of a kind."""
    answer = next(answers, None)
    if answer is None or answer.cell_type != kind:
        raise ValueError(f"no answer of type {kind} follows for this cell: {place[:60]!r}")
    return str(answer.source)


def _answered(stub: str, answer: str) -> str:
    """A stub's cell with the code of its answer; a function keeps its head and docstring."""
    name = _name(answer)
    before, found, after = stub.partition(f'{_STUB}"{name}")')
    if not found:
        raise ValueError(f"the answer {name!r} stands where another is asked: {stub[:60]!r}")
    if answer.startswith("def "):
        return before.rstrip(" ") + _body(answer) + after
    kept = [line for line in before.splitlines(keepends=True) if not line.startswith("# your code")]
    return "".join(kept) + answer + after


def _name(answer: str) -> str:
    """What an answer defines: a function, or the variable that its last statement sets."""
    match ast.parse(answer).body[-1]:
        case ast.FunctionDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
    raise ValueError(f"this answer defines nothing: {answer[:60]!r}")


def _body(function: str) -> str:
    """The lines of a function below its head, comments among them."""
    head, _, body = function.partition(":\n")
    if "\n" in head:
        raise ValueError(f"write the head of an answer in one line: {head!r}")
    return body
