"""The functions in a notebook, read without running it: of one name the last definition counts."""

import ast
import builtins
import textwrap
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from grader.submission.source import readable, tree_of

# MERGED: A definition as it is compared: names its author chose, comments and annotations are gone.
OWN = "v"
"""What the author's own names begin with; a number follows, in order of appearance."""
_FIELDS = ("id", "arg", "asname", "name", "rest")
_SAYS_NOTHING = ("annotation", "returns", "type_comment")
_Node = TypeVar("_Node", bound=ast.AST)


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def normalised(code: Definition | ast.Module, own: frozenset[str] = frozenset()) -> str:
    """What it does, as source: the same however its names are chosen and however it is laid out.

    Names of libraries, of attributes and of the lab stay, and so do numbers and texts. A
    definition's first line goes: the lab has laid it down.

    Args:
        code: A function, a class or several statements.
        own: Names that the author has chosen outside of it.

    Raises:
        ValueError: No source can be made of it; so is a RecursionError.
    """
    body = ast.Module(body=deepcopy(code.body), type_ignores=[])
    plain = _Plain(own | _bound(code)).visit(body)
    return ast.unparse(ast.fix_missing_locations(plain))


def _bound(code: ast.AST) -> frozenset[str]:
    """The names that it gives a meaning within, however deep."""
    found: set[str] = set()
    shared: set[str] = set()
    for node in ast.walk(code):
        if isinstance(node, ast.Global):
            shared.update(node.names)
        elif node is not code:
            found.update(given(node))
    return frozenset(found - shared)


def given(node: ast.AST) -> Iterator[str]:
    """The name that a node gives a meaning, if it does; what an import calls itself is no one's."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
            yield name
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name


class _Plain(ast.NodeTransformer):
    """Numbers its author's names, and drops what Python does not look at."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names, self._numbered = names, dict[str, str]()

    def generic_visit(self, node: _Node) -> _Node:
        for field in _SAYS_NOTHING:
            if getattr(node, field, None) is not None:
                setattr(node, field, None)
        self._rename(node)
        super().generic_visit(node)
        if getattr(node, "body", None) == []:
            cast("Any", node).body.append(ast.Pass())
        return node

    def _rename(self, node: ast.AST) -> None:
        if isinstance(node, ast.keyword):  # it is for the function that is called to choose
            return
        for field in _FIELDS:
            if field == "name" and isinstance(node, ast.alias):
                continue
            if (name := getattr(node, field, None)) in self._names:
                self._numbered.setdefault(name, f"{OWN}{len(self._numbered)}")
                setattr(node, field, self._numbered[name])

    def visit_Global(self, node: ast.Global) -> None:
        """Gone: whose the names are has been settled."""

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        """The same."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Gone where it is a docstring, or a comment in quotes."""
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        """Plain, as most would write it; gone where it only annotates."""
        if node.value is None:
            return None
        return self.generic_visit(ast.Assign(targets=[node.target], value=node.value))


_BUILTIN = frozenset(dir(builtins))
MOST = 2**17
"""Characters of all functions of a notebook: the lab needs a tenth of that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function or class, as written and as compared."""

    name: str
    source: str
    normal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What a notebook defines."""

    functions: dict[str, Function]
    unread: int
    """Cells and functions that no source can be made of."""
    cut: bool
    """Whether there is more than is compared."""


def code_of(cells: Iterable[str], lab: frozenset[str] = frozenset()) -> Code:
    """Read the functions of a notebook.

    Args:
        cells: The sources of its code cells.
        lab: Names that the lab has laid down; all others are the author's own.
    """
    last: dict[str, tuple[str, Definition]] = {}
    own: set[str] = set()
    unread = 0
    for cell in cells:
        text = readable(cell.replace("\r", "\n"))
        if (tree := tree_of(text)) is None:
            unread += 1
            continue
        lines = text.split("\n")
        for node in outside_functions(tree):
            own.update(given(node))
            if isinstance(node, Definition):
                last[node.name] = (_written(node, lines), node)
    return _code(last, frozenset(own) - lab - _BUILTIN, unread)


def _code(last: dict[str, tuple[str, Definition]], own: frozenset[str], unread: int) -> Code:
    found: dict[str, Function] = {}
    room, cut = MOST, False
    for name, (source, node) in last.items():
        if len(source) > room:
            cut = True
            continue
        room -= len(source)
        try:
            found[name] = Function(name=name, source=source, normal=normalised(node, own))
        except (ValueError, RecursionError):  # nested more deeply than anyone writes
            unread += 1
    return Code(functions=found, unread=unread, cut=cut)


def outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node that is within no function or class, those themselves included, in order."""
    waiting = [*reversed(list(ast.iter_child_nodes(tree)))]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Definition | ast.Lambda):
            waiting += reversed(list(ast.iter_child_nodes(node)))


def _written(node: Definition, lines: list[str]) -> str:
    first = min((node.lineno, *(decorator.lineno for decorator in node.decorator_list)))
    return textwrap.dedent("\n".join(lines[first - 1 : node.end_lineno]))
