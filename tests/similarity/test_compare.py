"""Tests that disguised copies are found, but not independent work, handouts and common code."""

import ast
import json
from collections.abc import Mapping
from itertools import product

import pytest

from grader.similarity.compare import (
    MIN_CLASS_SIZE,
    MIN_FUNCTION_TOKENS,
    SimilarityReport,
    SimilarPair,
    compare_students,
)
from grader.similarity.fingerprints import (
    Fingerprint,
    concatenate,
    containment,
    fingerprint,
    token_sequence,
)
from tests.notebooks import TEMPLATE
from tests.similarity.course import HANDOUT, notebook_of, solutions, student

ANN = notebook_of("first_right")
BOB = notebook_of("second_right")


def compare(cells: Mapping[str, list[str]], min_similarity: float = 0.8) -> SimilarityReport:
    """Compare a class of these notebooks."""
    return compare_students(
        [student(k, c) for k, c in cells.items()], HANDOUT, None, min_similarity=min_similarity
    )


def pair(cells: list[str]) -> SimilarPair | None:
    """Compare Ann with a student who submitted these cells."""
    return next(iter(compare({"ann": ANN, "eve": cells}).pairs), None)


class _Renamer(ast.NodeTransformer):
    def __init__(self, names: set[str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(id=self._renamed(node.id), ctx=node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(arg=self._renamed(node.arg))

    def _renamed(self, name: str) -> str:
        return f"{name}_2" if name in self._names else name


def renamed(cell: str) -> str:
    """Rename a cell's local names and drop its comments."""
    tree = ast.parse(cell)
    names = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    names |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    return ast.unparse(ast.fix_missing_locations(_Renamer(names).visit(tree)))


def commented(cell: str) -> str:
    """Add a comment and a blank line to every line."""
    tree = ast.parse(cell)
    return "\n\n".join(f"{line}  # mine" for line in ast.unparse(tree).split("\n"))


def lengthened(cell: str) -> str:
    """Insert a statement at a function's beginning and in its middle."""
    tree = ast.parse(cell)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    for place in (len(function.body) // 2, 1):
        function.body.insert(place, ast.parse("checked = []").body[0])
    return ast.unparse(tree)


@pytest.mark.parametrize("disguise", [str, renamed, commented])
def test_a_disguised_copy_is_found_whole(disguise: type[str]) -> None:
    """Other names, comments, blank lines and another order of functions do not hide it."""
    found = pair([disguise(cell) for cell in reversed(ANN)])
    assert found is not None
    assert found.shares == pytest.approx((1, 1), abs=0.01)
    assert len(found.functions) > 5


def test_an_extended_or_partial_copy_is_found() -> None:
    """Inserted statements break few k-grams; a part of a notebook counts too."""
    found = pair([lengthened(cell) for cell in ANN])
    assert found is not None
    assert found.largest_share > 0.8
    part = pair(ANN[2:5])
    assert part is not None
    assert part.shares[1] == pytest.approx(1, abs=0.01)
    assert part.shares[0] < 0.7


def test_one_copied_function_is_named() -> None:
    """The student's other code, which is independent, is not reported."""
    found = pair([ANN[2], *BOB[3:]])
    assert found is not None
    assert [function.name for function in found.functions] == ["compute_induction_scores"]
    assert found.largest_share < 0.8


def test_renamed_functions_count_in_the_whole() -> None:
    """Functions are compared by name, but all code is also compared together."""
    found = pair([cell.replace("def ", "def my_", 1) for cell in ANN])
    assert found is not None
    assert (found.functions, found.largest_share > 0.8) == ((), True)


def prints(author: str, name: str) -> list[Fingerprint]:
    """Return the fingerprints of an author's solutions that are long enough to compare."""
    sources = [s for kind in ("right", "wrong") for s in solutions(f"{author}_{kind}")[name]]
    read = (student("", [source]).code.functions[name] for source in sources)
    found = (fingerprint(token_sequence(function.normalised)) for function in read)
    return [one for one in found if one.size >= MIN_FUNCTION_TOKENS]


def test_independent_solutions_are_not_similar() -> None:
    """No two solutions of a function by two authors, right or wrong, are similar."""
    names = solutions("first_right").keys() | solutions("second_wrong").keys()
    both = [
        pair for n in sorted(names) for pair in product(prints("first", n), prints("second", n))
    ]
    assert len(both) > 120
    assert max(max(containment(one, other), containment(other, one)) for one, other in both) < 0.75


def test_independent_notebooks_are_far_apart() -> None:
    """The notebooks of two authors have little in common."""
    for one, other in product(range(2), range(2)):
        ann, bob = notebook_of("first_right", one), notebook_of("second_right", other)
        found = compare({"ann": ann, "bob": bob}, min_similarity=0.0).pairs[0]
        assert found.largest_share < 0.4


def test_the_template_is_left_out() -> None:
    """Students who submit it unchanged, or leave stubs, have no code to compare."""
    cells = json.loads(TEMPLATE.read_text(encoding="utf-8"))["cells"]
    template = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    found = compare({"ann": template, "bob": template, "eve": [*template, *ANN]})
    assert (found.compared, found.pairs) == (1, ())


def test_short_functions_are_not_compared() -> None:
    """A few lines can be written in few ways."""
    short = "def f(model):\n    return [model.cfg.n_layers, model.cfg.n_heads, model.cfg.d_head]"
    assert compare({"ann": [short], "bob": [short]}).pairs == ()


def test_code_that_most_of_a_class_has_is_left_out() -> None:
    """Six of ten share a source, which is left out; three of five are reported."""
    taken = {"test_induction_accuracy", "compute_induction_scores", "create_repeated_sequence"}
    others = (several for name, several in solutions("second_right").items() if name not in taken)
    own = [[solution] for several in others for solution in several]
    few = {f"s{i}": [*ANN[1:3], *own[i]] for i in range(3)}
    assert len(compare({**few, "x": own[3], "y": own[4]}).pairs) == 3
    most = {f"s{i}": [*ANN[1:3], *own[i]] for i in range(6)}
    rest = {f"t{i}": own[6 + i] for i in range(MIN_CLASS_SIZE - 6)}
    found = compare(most | rest)
    assert found.pairs == ()
    assert 0.3 < found.common < 0.9


def test_the_order_of_students_does_not_matter() -> None:
    """The class in another order gives the same result."""
    cells = {"ann": ANN, "bob": BOB, "eve": ANN[1:5], "kim": [renamed(cell) for cell in BOB]}
    keys = list(cells)
    plain = compare(cells)
    assert {p.students for p in plain.pairs} == {("ann", "eve"), ("bob", "kim")}
    for start in range(1, 4):
        order = [*keys[start:], *keys[:start]]
        assert compare({key: cells[key] for key in order}) == plain


def test_containment_counts_tokens_of_common_kgrams() -> None:
    """Twelve of thirty tokens are common; concatenation makes no k-gram across a border."""
    one = fingerprint(tuple(f"a{i}" for i in range(30)))
    other = fingerprint(tuple(f"a{i}" for i in range(5, 17)))
    assert (containment(one, other), containment(other, one)) == (12 / 30, 1)
    halves = [fingerprint(tuple(f"a{i}" for i in range(a, a + 9))) for a in (5, 14)]
    assert containment(one, concatenate(halves)) == 0
    assert containment(Fingerprint(), one) == 0
    assert concatenate([other, one]).size == 42
