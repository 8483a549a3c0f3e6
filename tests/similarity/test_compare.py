"""Copies are found in disguise; independent work, the template and common code are not."""

import ast
import json
from collections.abc import Mapping
from itertools import product

import pytest

from grader.similarity.compare import LEAST_CLASS, LEAST_FUNCTION, Pair, Study, study
from grader.similarity.fingerprints import Fingerprint, fingerprint, joined, share, tokens
from tests.notebooks import TEMPLATE
from tests.similarity.course import GIVEN, notebook_of, solutions, student

ANN = notebook_of("first_right")
BOB = notebook_of("second_right")


def studied(cells: Mapping[str, list[str]], at_least: float = 0.8) -> Study:
    """A class of these notebooks."""
    return study([student(k, c) for k, c in cells.items()], GIVEN, None, at_least=at_least)


def pair(cells: list[str]) -> Pair | None:
    """Ann and someone who handed in these cells."""
    return next(iter(studied({"ann": ANN, "eve": cells}).pairs), None)


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: set[str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(id=self._other(node.id), ctx=node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(arg=self._other(node.arg))

    def _other(self, name: str) -> str:
        return f"{name}_2" if name in self._names else name


def renamed(cell: str) -> str:
    """The same with names of its own, and without comments."""
    tree = ast.parse(cell)
    names = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    names |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    return ast.unparse(ast.fix_missing_locations(_Renamed(names).visit(tree)))


def commented(cell: str) -> str:
    """The same with a comment and a blank line below every statement's."""
    tree = ast.parse(cell)
    return "\n\n".join(f"{line}  # mine" for line in ast.unparse(tree).split("\n"))


def lengthened(cell: str) -> str:
    """The same with a statement more at its beginning and in its middle."""
    tree = ast.parse(cell)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    for place in (len(function.body) // 2, 1):
        function.body.insert(place, ast.parse("checked = []").body[0])
    return ast.unparse(tree)


@pytest.mark.parametrize("disguise", [str, renamed, commented])
def test_a_copy_in_disguise_is_whole(disguise: type[str]) -> None:
    """Other names, comments, blank lines and another order of functions hide nothing."""
    found = pair([disguise(cell) for cell in reversed(ANN)])
    assert found is not None
    assert found.shares == pytest.approx((1, 1), abs=0.01)
    assert len(found.functions) > 5


def test_a_copy_with_more_in_it_is_found() -> None:
    """A statement here and there breaks few runs; a part of a notebook is a copy too."""
    found = pair([lengthened(cell) for cell in ANN])
    assert found is not None
    assert found.most > 0.8
    part = pair(ANN[2:5])
    assert part is not None
    assert part.shares[1] == pytest.approx(1, abs=0.01)
    assert part.shares[0] < 0.7


def test_one_copied_function_is_named() -> None:
    """Beside work of one's own, which it does not make similar."""
    found = pair([ANN[2], *BOB[3:]])
    assert found is not None
    assert [alike.name for alike in found.functions] == ["compute_induction_scores"]
    assert found.most < 0.8


def test_a_function_under_another_name_counts_together() -> None:
    """What a helper took over is still all of it there."""
    found = pair([cell.replace("def ", "def my_", 1) for cell in ANN])
    assert found is not None
    assert (found.functions, found.most > 0.8) == ((), True)


def prints(author: str, name: str) -> list[Fingerprint]:
    """An author's solutions of a function, right and wrong, that are long enough to tell."""
    sources = [s for kind in ("right", "wrong") for s in solutions(f"{author}_{kind}")[name]]
    read = (student("", [source]).code.functions[name] for source in sources)
    found = (fingerprint(tokens(function.normal)) for function in read)
    return [one for one in found if one.size >= LEAST_FUNCTION]


def test_independent_solutions_are_not_similar() -> None:
    """Two authors' solutions of each function, right and wrong: none is a copy of another's."""
    names = solutions("first_right").keys() | solutions("second_wrong").keys()
    both = [
        pair for n in sorted(names) for pair in product(prints("first", n), prints("second", n))
    ]
    assert len(both) > 120
    assert max(max(share(one, other), share(other, one)) for one, other in both) < 0.75


def test_independent_notebooks_are_far_apart() -> None:
    """All together, two authors' work has little in common, whatever they solved how."""
    for one, other in product(range(2), range(2)):
        ann, bob = notebook_of("first_right", one), notebook_of("second_right", other)
        found = studied({"ann": ann, "bob": bob}, at_least=0.0).pairs[0]
        assert found.most < 0.4


def test_the_template_says_nothing() -> None:
    """Two who handed it in as they got it have no code of their own, nor who left stubs."""
    cells = json.loads(TEMPLATE.read_text(encoding="utf-8"))["cells"]
    template = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    found = studied({"ann": template, "bob": template, "eve": [*template, *ANN]})
    assert (found.compared, found.pairs) == (1, ())


def test_short_functions_cannot_tell() -> None:
    """There are few ways to write a few lines."""
    short = "def f(model):\n    return [model.cfg.n_layers, model.cfg.n_heads, model.cfg.d_head]"
    assert studied({"ann": [short], "bob": [short]}).pairs == ()


def test_what_most_of_a_class_has_says_nothing() -> None:
    """More than half of ten: a source they all have; three of five are three."""
    taken = {"test_induction_accuracy", "compute_induction_scores", "create_repeated_sequence"}
    others = (several for name, several in solutions("second_right").items() if name not in taken)
    own = [[solution] for several in others for solution in several]
    few = {f"s{i}": [*ANN[1:3], *own[i]] for i in range(3)}
    assert len(studied({**few, "x": own[3], "y": own[4]}).pairs) == 3
    most = {f"s{i}": [*ANN[1:3], *own[i]] for i in range(6)}
    rest = {f"t{i}": own[6 + i] for i in range(LEAST_CLASS - 6)}
    found = studied(most | rest)
    assert found.pairs == ()
    assert 0.3 < found.common < 0.9


def test_the_order_of_students_does_not_matter() -> None:
    """The same class is the same study."""
    cells = {"ann": ANN, "bob": BOB, "eve": ANN[1:5], "kim": [renamed(cell) for cell in BOB]}
    keys = list(cells)
    plain = studied(cells)
    assert {p.students for p in plain.pairs} == {("ann", "eve"), ("bob", "kim")}
    for start in range(1, 4):
        order = [*keys[start:], *keys[:start]]
        assert studied({key: cells[key] for key in order}) == plain


def test_shares_are_of_tokens_in_common_runs() -> None:
    """Twelve of thirty tokens in a row; what is joined makes no run across."""
    one = fingerprint(tuple(f"a{i}" for i in range(30)))
    other = fingerprint(tuple(f"a{i}" for i in range(5, 17)))
    assert (share(one, other), share(other, one)) == (12 / 30, 1)
    halves = [fingerprint(tuple(f"a{i}" for i in range(a, a + 9))) for a in (5, 14)]
    assert share(one, joined(halves)) == 0
    assert share(Fingerprint(), one) == 0
    assert joined([other, one]).size == 42
