"""What a student finds in the template, and what the example must share with it."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import cast

import nbformat
import pytest
from nbformat import NotebookNode

from grader.submission.source import parses, readable
from tests.template.regenerate import SOURCES, TEMPLATE, WORKED

LONGEST_CELL = 60

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
GIVEN_VARIABLES = {
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
    """The code cells, without those that ask the grader along the way."""
    codes = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    return [code for code in codes if not code.startswith("%")]


def magics_of(path: Path) -> list[str]:
    codes = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    return [code for code in codes if "%" in code and not parses(code)]


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
    """Tell whether a function is a docstring and one `raise NotImplementedError("…")`."""
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
    """The statement that sets each variable the grader reads, by the variable."""
    statements = [node for code in code_of(path) for node in ast.parse(code).body]
    return {
        name: ast.unparse(node)
        for node in statements
        for name in names_set_by(ast.unparse(node)) & GIVEN_VARIABLES
    }


def raises_at_top_level(code: str) -> bool:
    return any(isinstance(node, ast.Raise) for node in ast.parse(code).body)


@each_notebook
def test_a_notebook_is_valid(path: Path) -> None:
    """A notebook is valid nbformat 4.5, with all that editors want to know and nothing else."""
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
    """A notebook that is handed out shows no outputs and no execution counts."""
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)


@each_notebook
def test_cell_ids_are_stable(path: Path) -> None:
    """A cell's id is its position, so that ids are unique and regenerating keeps them."""
    ids = [cell.id for cell in read(path).cells]
    assert ids == [f"cell-{position:02}" for position in range(len(ids))]


@each_notebook
def test_every_code_cell_parses(path: Path) -> None:
    """A code cell is plain Python or one magic of the grader's: no half statements."""
    for code in code_of(path):
        assert ast.parse(code).body


@pytest.mark.parametrize("path", [TEMPLATE / "induction_heads.ipynb", WORKED])
def test_every_function_can_be_checked_along_the_way(path: Path) -> None:
    """The grader is loaded once, then asked about each function in a cell of its own."""
    asked = [f"%grade {name}" for name in SIGNATURES]
    assert magics_of(path) == ["%load_ext grader", *asked]


def test_checks_along_the_way_cost_nothing_when_graded() -> None:
    """To the grader a magic is a line that does nothing, whatever it can run."""
    assert {readable(magic) for magic in magics_of(TEMPLATE / "induction_heads.ipynb")} == {"pass"}


@each_notebook
def test_cells_are_short(path: Path) -> None:
    """A cell fits on a screen or two."""
    lengths = {cell.id: len(cell.source.splitlines()) for cell in read(path).cells}
    assert {name: n for name, n in lengths.items() if n > LONGEST_CELL} == {}


@each_notebook
def test_every_function_is_defined_once_with_its_signature(path: Path) -> None:
    """The functions of the lab, and no others, are there once each, as the grader calls them."""
    defined = [(function.name, signature_of(function)) for function in functions_of(path)]
    assert [name for name, _ in defined] == list(SIGNATURES)
    assert dict(defined) == SIGNATURES


@each_notebook
def test_every_function_has_a_cell_of_its_own(path: Path) -> None:
    """A function shares its cell with nothing, so that a mistake beside it cannot undo it."""
    cells = [ast.parse(code).body for code in code_of(path)]
    with_functions = [
        body for body in cells if any(isinstance(node, ast.FunctionDef) for node in body)
    ]
    assert all(len(body) == 1 for body in with_functions)


@each_notebook
def test_every_function_is_used_in_the_next_cell(path: Path) -> None:
    """A student sees at once what a function gives: the cell after it calls it."""
    cells = code_of(path)
    for code, following in pairwise(cells):
        for node in ast.parse(code).body:
            if isinstance(node, ast.FunctionDef):
                assert f"{node.name}(" in following


def test_every_function_of_the_template_is_a_stub() -> None:
    """The template gives no answer away: a docstring, then one raise."""
    assert [
        f.name for f in functions_of(TEMPLATE / "induction_heads.ipynb") if not is_stub(f)
    ] == []


def test_a_stub_explains_its_shapes() -> None:
    """Every docstring has the sections a student needs: what goes in and what comes out."""
    for function in functions_of(TEMPLATE / "induction_heads.ipynb"):
        docstring = ast.get_docstring(function) or ""
        assert "Args:" in docstring, function.name
        assert "Returns:" in docstring, function.name


def test_top_heads_are_the_students_own_work() -> None:
    """Untouched, the template sets no list of top heads: a cell raises in its place."""
    cells = code_of(TEMPLATE / "induction_heads.ipynb")
    assert not STUDENT_VARIABLES & set().union(*map(names_set_by, cells))
    for name in STUDENT_VARIABLES:
        stubs = [code for code in cells if f'raise NotImplementedError("{name}")' in code]
        assert len(stubs) == 1
        assert raises_at_top_level(stubs[0])


@each_notebook
def test_graded_variables_are_set_once(path: Path) -> None:
    """Each variable the grader reads is set by exactly one cell."""
    cells = [names_set_by(code) for code in code_of(path)]
    for name in GIVEN_VARIABLES:
        assert sum(name in names for names in cells) == 1, name


def test_the_example_fills_the_template_in() -> None:
    """The example leaves only Exercise 3 and the challenge blank, and sets both lists of heads."""
    path = TEMPLATE / "example_submission.ipynb"
    assert {f.name for f in functions_of(path) if is_stub(f)} == LEFT_BLANK_IN_THE_EXAMPLE
    set_in_the_example = set().union(*map(names_set_by, code_of(path)))
    assert set_in_the_example >= STUDENT_VARIABLES


def test_the_example_differs_only_where_a_student_writes() -> None:
    """What the template computes for the grader, the example computes in the same words."""
    given = computed_by(TEMPLATE / "induction_heads.ipynb")
    assert set(given) == GIVEN_VARIABLES
    assert computed_by(TEMPLATE / "example_submission.ipynb") == given
