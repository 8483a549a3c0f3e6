"""Tests the student template, and what the example must share with it."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import cast

import nbformat
import pytest
from nbformat import NotebookNode

from grader.submission.source import is_valid_python, strip_magics
from tests.template.regenerate import SOURCES, TEMPLATE, WORKED

MAX_CELL_LINES = 60

SIGNATURES = {
    "create_repeated_sequence": "(seq_len=25, seed=None)",
    "test_induction_accuracy": "(model, seq_len=20, n_tests=5)",
    "compute_induction_scores": "(model, seq_len=25, n_samples=10)",
    "compute_prev_token_scores": "(model, seq_len=50, n_samples=10)",
    "compute_k_composition": "(model, source_layer, source_head, target_layer, target_head)",
    "ablate_heads": "(model, tokens, heads_to_ablate, method='zero')",
    "measure_induction_loss": "(model, seq_len=25, heads_to_ablate=None, n_samples=5)",
    "plot_attention_pattern": "(model, tokens, layer, head)",
    "ablation_effects": "(model, head_groups, seq_len=25, n_samples=5)",
    "natural_language_induction": "(model, prompt, heads)",
    "induction_formation": "(checkpoints, seq_len=25, n_samples=4)",
}
LEFT_BLANK_IN_THE_EXAMPLE = {"natural_language_induction", "induction_formation"}
TEMPLATE_VARIABLES = {
    "induction_scores",
    "prev_token_scores",
    "baseline_loss",
    "baseline_acc",
    "ablated_loss",
    "ablated_acc",
    "random_loss",
    "random_acc",
}
STUDENT_VARIABLES = {"top_induction_heads", "top_prev_heads"}

NOTEBOOKS = [*(source.with_suffix(".ipynb") for source in SOURCES), WORKED]
each_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}"
)


def read(path: Path) -> NotebookNode:
    return cast("NotebookNode", nbformat.read(path, as_version=nbformat.NO_CONVERT))


def code_of(path: Path) -> list[str]:
    """Return the code cells, without those that call the grader."""
    codes = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    return [code for code in codes if not code.startswith("%")]


def magics_of(path: Path) -> list[str]:
    codes = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    return [code for code in codes if "%" in code and not is_valid_python(code)]


def functions_of(path: Path) -> Iterator[ast.FunctionDef]:
    """Yield the functions defined at the top level of a notebook, in its order."""
    for code in code_of(path):
        yield from (node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef))


def signature_of(function: ast.FunctionDef) -> str:
    """Write a function's parameters with their defaults and without their annotations."""
    for argument in function.args.args:
        argument.annotation = None
    return f"({ast.unparse(function.args)})".replace("= ", "=")


def is_stub(function: ast.FunctionDef) -> bool:
    """Return True for a function of a docstring and one `raise NotImplementedError("…")`."""
    match function.body:
        case [
            ast.Expr(value=ast.Constant(value=str())),
            ast.Raise(
                exc=ast.Call(
                    func=ast.Name(id="NotImplementedError"), args=[ast.Constant(value=str())]
                ),
                cause=None,
            ),
        ]:
            return True
    return False


def names_set_by(code: str) -> set[str]:
    return {
        node.id
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def computed_by(path: Path) -> dict[str, str]:
    """Return the statement that sets each variable that the grader reads."""
    statements = [node for code in code_of(path) for node in ast.parse(code).body]
    return {
        name: ast.unparse(node)
        for node in statements
        for name in names_set_by(ast.unparse(node)) & TEMPLATE_VARIABLES
    }


def raises_at_top_level(code: str) -> bool:
    return any(isinstance(node, ast.Raise) for node in ast.parse(code).body)


@each_notebook
def test_a_notebook_is_valid(path: Path) -> None:
    """A notebook is valid nbformat 4.5, with the metadata that editors need and no other."""
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    spec, language = notebook.metadata.kernelspec, notebook.metadata.language_info
    assert (spec.name, spec.language, spec.display_name) == ("python3", "python", "Python 3")
    assert (language.name, language.file_extension) == ("python", ".py")
    assert {"mimetype", "nbconvert_exporter", "pygments_lexer"} <= set(language)
    assert all(cell.metadata == {} for cell in notebook.cells)


@each_notebook
def test_nothing_was_run(path: Path) -> None:
    """A distributed notebook has no outputs and no execution counts."""
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)


@each_notebook
def test_cell_ids_are_stable(path: Path) -> None:
    """A cell's id is its position, so that ids are unique and regenerating keeps them."""
    ids = [cell.id for cell in read(path).cells]
    assert ids == [f"cell-{position:02}" for position in range(len(ids))]


@each_notebook
def test_every_code_cell_parses(path: Path) -> None:
    """A code cell is valid Python or one of the grader's magics."""
    for code in code_of(path):
        assert ast.parse(code).body


@pytest.mark.parametrize("path", [TEMPLATE / "induction_heads.ipynb", WORKED])
def test_every_function_can_be_checked_along_the_way(path: Path) -> None:
    """The grader is loaded once, and each function has a cell that checks it."""
    checks = [f"%grade {name}" for name in SIGNATURES]
    assert magics_of(path) == ["%load_ext grader", *checks]


def test_magics_do_nothing_when_graded() -> None:
    """The grader replaces a magic by `pass`."""
    assert {strip_magics(magic) for magic in magics_of(TEMPLATE / "induction_heads.ipynb")} == {
        "pass"
    }


@each_notebook
def test_cells_are_short(path: Path) -> None:
    """A cell has at most 60 lines."""
    lengths = {cell.id: len(cell.source.splitlines()) for cell in read(path).cells}
    assert {name: n for name, n in lengths.items() if n > MAX_CELL_LINES} == {}


@each_notebook
def test_every_function_is_defined_once_with_its_signature(path: Path) -> None:
    """A notebook defines each function of the lab once, as the grader calls it, and no others."""
    defined = [(function.name, signature_of(function)) for function in functions_of(path)]
    assert [name for name, _ in defined] == list(SIGNATURES)
    assert dict(defined) == SIGNATURES


@each_notebook
def test_every_function_has_a_cell_of_its_own(path: Path) -> None:
    """A function is alone in its cell, so that another statement cannot break it."""
    cells = [ast.parse(code).body for code in code_of(path)]
    with_functions = [
        body for body in cells if any(isinstance(node, ast.FunctionDef) for node in body)
    ]
    assert all(len(body) == 1 for body in with_functions)


@each_notebook
def test_every_function_is_used_in_the_next_cell(path: Path) -> None:
    """The cell after a function calls it, so that a student sees its result at once."""
    cells = code_of(path)
    for code, following in pairwise(cells):
        for node in ast.parse(code).body:
            if isinstance(node, ast.FunctionDef):
                assert f"{node.name}(" in following


def test_every_function_of_the_template_is_a_stub() -> None:
    """Every function of the template consists of a docstring and one raise."""
    assert [
        f.name for f in functions_of(TEMPLATE / "induction_heads.ipynb") if not is_stub(f)
    ] == []


def test_a_stub_explains_its_shapes() -> None:
    """Every docstring has the sections `Args` and `Returns`."""
    for function in functions_of(TEMPLATE / "induction_heads.ipynb"):
        docstring = ast.get_docstring(function) or ""
        assert "Args:" in docstring, function.name
        assert "Returns:" in docstring, function.name


def test_top_heads_are_left_to_the_student() -> None:
    """The template does not set the lists of top heads: a cell raises instead."""
    cells = code_of(TEMPLATE / "induction_heads.ipynb")
    assert not STUDENT_VARIABLES & set().union(*map(names_set_by, cells))
    for name in STUDENT_VARIABLES:
        stubs = [code for code in cells if f'raise NotImplementedError("{name}")' in code]
        assert len(stubs) == 1
        assert raises_at_top_level(stubs[0])


@each_notebook
def test_graded_variables_are_set_once(path: Path) -> None:
    """Each variable that the grader reads is set by exactly one cell."""
    cells = [names_set_by(code) for code in code_of(path)]
    for name in TEMPLATE_VARIABLES:
        assert sum(name in names for names in cells) == 1, name


def test_the_example_fills_the_template_in() -> None:
    """The example leaves only Exercise 3 and the challenge blank, and sets both lists of heads."""
    path = TEMPLATE / "example_submission.ipynb"
    assert {f.name for f in functions_of(path) if is_stub(f)} == LEFT_BLANK_IN_THE_EXAMPLE
    set_in_the_example = set().union(*map(names_set_by, code_of(path)))
    assert set_in_the_example >= STUDENT_VARIABLES


def test_the_example_differs_only_where_a_student_writes() -> None:
    """The example computes the graded variables with the template's statements."""
    given = computed_by(TEMPLATE / "induction_heads.ipynb")
    assert set(given) == TEMPLATE_VARIABLES
    assert computed_by(TEMPLATE / "example_submission.ipynb") == given
