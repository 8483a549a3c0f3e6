"""Builds the worked solution, which students do not get: the template with answers inserted."""

import ast
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

INTRODUCTION = """\
# Induction heads: a worked solution

*For instructors, not for students. Every cell of the student's notebook is here, with its answers
filled in. Numbers in the text were measured on the planted model `planted-12x12`, on which the lab
is graded; those of GPT-2 small differ, and are given where they are known.*
"""
_QUESTION = "**What should you see?**"
_STUB = "raise NotImplementedError("


def insert_answers(template: NotebookNode, answers: Iterable[NotebookNode]) -> NotebookNode:
    """Replace every stub with an answer, and add one below every "What should you see?".

    Args:
        template: The student's notebook, which is changed in place.
        answers: One cell for each stub and each question, in the notebook's order.

    Raises:
        ValueError: A stub or question has no answer, or an answer has no stub or question.
    """
    pending = iter([cell for cell in answers if not _is_comment(cell)])
    template.cells = [new_markdown_cell(INTRODUCTION.strip()), *_fill(template.cells, pending)]
    if left := next(pending, None):
        raise ValueError(f"the template has no place for this answer: {left.source[:60]!r}")
    return template


def _is_comment(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and not ast.parse(cell.source).body


def _fill(cells: Iterable[NotebookNode], answers: Iterator[NotebookNode]) -> Iterator[NotebookNode]:
    for cell in cells:
        if cell.cell_type == "code" and _STUB in cell.source:
            cell.source = _replace_stub(cell.source, _next(answers, "code", cell.source))
        yield cell
        if cell.cell_type == "markdown" and _QUESTION in cell.source:
            yield new_markdown_cell(_next(answers, "markdown", cell.source))


def _next(answers: Iterator[NotebookNode], cell_type: str, place: str) -> str:
    """Return the source of the next answer, and check its cell type."""
    answer = next(answers, None)
    if answer is None or answer.cell_type != cell_type:
        raise ValueError(f"no answer of type {cell_type} follows for this cell: {place[:60]!r}")
    return str(answer.source)


def _replace_stub(stub: str, answer: str) -> str:
    """Return a stub's cell with the code of its answer; a function keeps its head and docstring."""
    name = _defined_name(answer)
    before, stub_line, after = stub.partition(f'{_STUB}"{name}")')
    if not stub_line:
        raise ValueError(f"the answer {name!r} stands where another is expected: {stub[:60]!r}")
    if answer.startswith("def "):
        return before.rstrip(" ") + _body(answer) + after
    lines = [
        line for line in before.splitlines(keepends=True) if not line.startswith("# your code")
    ]
    return "".join(lines) + answer + after


def _defined_name(answer: str) -> str:
    """Return the name that an answer defines: a function, or its last statement's variable."""
    match ast.parse(answer).body[-1]:
        case ast.FunctionDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
    raise ValueError(f"this answer defines nothing: {answer[:60]!r}")


def _body(function: str) -> str:
    """Return the lines of a function below its head, including comments."""
    head, _, body = function.partition(":\n")
    if "\n" in head:
        raise ValueError(f"write the head of an answer in one line: {head!r}")
    return body
