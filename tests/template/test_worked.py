"""Tests that the worked solution earns full points and is distributed only with the reference."""

import io
import zipfile
from typing import cast

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.integrations.packages.wheel import build_wheel
from grader.labs import read_worked_solution
from tests.notebooks import Graded, graded
from tests.template.regenerate import WORKED
from tests.template.test_template import functions_of, is_stub
from tests.template.worked_solution import insert_answers

STUB = 'def f(x: int) -> int:\n    """Add."""\n    raise NotImplementedError("f")'
ANSWER = "def f(x):\n    # why\n    return x + 1"
QUESTION = "**What should you see?** A number."


def notebook_of(*cells: NotebookNode) -> NotebookNode:
    return cast("NotebookNode", new_notebook(cells=list(cells)))


@pytest.fixture(scope="module")
def result() -> Graded:
    """Grade the worked solution as a submission."""
    return graded(WORKED)


@pytest.mark.kernel
def test_it_earns_everything(result: Graded) -> None:
    """The worked solution earns full points and the bonus, and every cell runs without error."""
    assert not result.errors()
    assert result.lost() == set(), [v.feedback for v in result.report.verdicts]
    assert result.report.score == 105


@pytest.mark.kernel
def test_it_uses_the_variants_that_the_field_uses(result: Graded) -> None:
    """It uses the corrected K-composition and a mean for each dimension."""
    variants = {v.id: v.variant for v in result.report.verdicts if v.variant}
    assert variants == {"k_composition_values": "corrected", "ablate_mean": "per_dimension"}


def test_it_leaves_no_stub() -> None:
    """Every function is implemented, and keeps the template's annotations."""
    assert [f.name for f in functions_of(WORKED) if is_stub(f) or f.returns is None] == []
    assert "NotImplementedError(" not in WORKED.read_text(encoding="utf-8").replace("(...)", "")


def test_it_comes_with_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worked solution is available only if the reference is installed."""
    assert read_worked_solution("induction_heads") == WORKED.read_bytes()
    assert read_worked_solution("another_lab") is None
    monkeypatch.setattr("grader.labs._REFERENCE", "not_installed_here")
    assert read_worked_solution("induction_heads") is None


def test_an_answer_replaces_its_stub_and_nothing_else() -> None:
    """The template's head and docstring are kept, and the answer's comments are inserted."""
    template = notebook_of(new_code_cell(STUB), new_markdown_cell(QUESTION))
    filled = insert_answers(template, [new_code_cell(ANSWER), new_markdown_cell("Two.")]).cells[1:]
    assert [cell.source for cell in filled] == [
        'def f(x: int) -> int:\n    """Add."""\n    # why\n    return x + 1',
        QUESTION,
        "Two.",
    ]


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([], "no answer of type code"),
        ([new_code_cell(ANSWER)], "no answer of type markdown"),
        ([new_code_cell("g = 1"), new_markdown_cell("Two.")], "'g' stands where another"),
        ([new_code_cell(ANSWER), *[new_markdown_cell("Two.")] * 2], "no place for this answer"),
        ([new_code_cell("print(1)")], "defines nothing"),
        ([new_code_cell("def f(\n    x,\n):\n    return 1")], "in one line"),
    ],
)
def test_answers_and_template_must_fit(answers: list[NotebookNode], message: str) -> None:
    """A stub or question without an answer, or an answer without either, is an error."""
    template = notebook_of(new_code_cell(STUB), new_markdown_cell(QUESTION))
    with pytest.raises(ValueError, match=message):
        insert_answers(template, answers)


@pytest.mark.parametrize("reference", [True, False])
def test_student_wheels_do_not_contain_it(*, reference: bool) -> None:
    """The wheel with the reference contains a line of it, and the students' wheel does not."""
    with zipfile.ZipFile(
        io.BytesIO(build_wheel(replacements={}, include_reference=reference))
    ) as packed:
        texts = [packed.read(name) for name in packed.namelist()]
    assert any(b"target = looking - seq_len + 1" in text for text in texts) == reference
