"""The worked solution: right in every part, and only where the reference is."""

import io
import zipfile
from typing import cast

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.integrations.packages.wheel import wheel
from grader.labs import worked_solution
from tests.notebooks import Graded, graded
from tests.template.regenerate import WORKED
from tests.template.solved import solved
from tests.template.test_template import functions_of, is_stub

STUB = 'def f(x: int) -> int:\n    """Add."""\n    raise NotImplementedError("f")'
ANSWER = "def f(x):\n    # why\n    return x + 1"
ASKED = "**What should you see?** A number."


def small(*cells: NotebookNode) -> NotebookNode:
    return cast("NotebookNode", new_notebook(cells=list(cells)))


@pytest.fixture(scope="module")
def result() -> Graded:
    """The worked solution, graded as a submission."""
    return graded(WORKED)


@pytest.mark.kernel
def test_it_earns_everything(result: Graded) -> None:
    """Full points and the bonus, and every cell runs to its end."""
    assert not result.errors()
    assert result.lost() == set(), [v.feedback for v in result.report.verdicts]
    assert result.report.score == 105


@pytest.mark.kernel
def test_it_teaches_the_variants_that_the_field_uses(result: Graded) -> None:
    """The corrected K-composition, and a mean for each dimension."""
    variants = {v.id: v.variant for v in result.report.verdicts if v.variant}
    assert variants == {"k_composition_values": "corrected", "ablate_mean": "per_dimension"}


def test_it_leaves_no_stub() -> None:
    """Every function is written, and every head keeps the template's annotations."""
    assert [f.name for f in functions_of(WORKED) if is_stub(f) or f.returns is None] == []
    assert "NotImplementedError(" not in WORKED.read_text(encoding="utf-8").replace("(...)", "")


def test_it_comes_with_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read where the reference is installed, and is nowhere else."""
    assert worked_solution("induction_heads") == WORKED.read_bytes()
    assert worked_solution("another_lab") is None
    monkeypatch.setattr("grader.labs._REFERENCE", "not_installed_here")
    assert worked_solution("induction_heads") is None


def test_an_answer_takes_the_place_of_its_stub_and_nothing_else() -> None:
    """Head and docstring stay the template's; comments of the answer come along."""
    template = small(new_code_cell(STUB), new_markdown_cell(ASKED))
    filled = solved(template, [new_code_cell(ANSWER), new_markdown_cell("Two.")]).cells[1:]
    assert [cell.source for cell in filled] == [
        'def f(x: int) -> int:\n    """Add."""\n    # why\n    return x + 1',
        ASKED,
        "Two.",
    ]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([], "no answer of type code"),
        ([new_code_cell(ANSWER)], "no answer of type markdown"),
        ([new_code_cell("g = 1"), new_markdown_cell("Two.")], "'g' stands where another"),
        ([new_code_cell(ANSWER), *[new_markdown_cell("Two.")] * 2], "no place for this answer"),
        ([new_code_cell("print(1)")], "defines nothing"),
        ([new_code_cell("def f(\n    x,\n):\n    return 1")], "in one line"),
    ],
)
def test_answers_and_template_must_fit(answers: list[NotebookNode], said: str) -> None:
    """A stub or question without an answer, and an answer without either, is an error."""
    template = small(new_code_cell(STUB), new_markdown_cell(ASKED))
    with pytest.raises(ValueError, match=said):
        solved(template, answers)


@pytest.mark.parametrize("reference", [True, False])
def test_students_wheels_do_not_hold_it(*, reference: bool) -> None:
    """A line of it is in the wheel that has the reference, and not in the one for students."""
    with zipfile.ZipFile(io.BytesIO(wheel(instead={}, reference=reference))) as packed:
        texts = [packed.read(name) for name in packed.namelist()]
    assert any(b"target = looking - seq_len + 1" in text for text in texts) == reference
