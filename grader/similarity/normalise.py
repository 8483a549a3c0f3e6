"""Reads a notebook's functions without running it, and normalises them for comparison.

Of several definitions with one name the last counts. In normalised source, the author's own names
are numbered, and comments, docstrings and annotations are gone.
"""

import ast
import builtins
import textwrap
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from grader.submission.source import parse_or_none, strip_magics

NAME_PREFIX = "v"
"""Prefix of the author's own names, numbered in order of appearance."""
MAX_CHARACTERS = 2**17
"""Maximum size of all functions of a notebook; the lab needs a tenth of that."""
_BUILTINS = frozenset(dir(builtins))
_NAME_FIELDS = ("id", "arg", "asname", "name", "rest")
_ANNOTATION_FIELDS = ("annotation", "returns", "type_comment")
_Node = TypeVar("_Node", bound=ast.AST)

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function or class, as written and normalised."""

    name: str
    source: str
    normalised: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """The functions of a notebook."""

    functions: dict[str, Function]
    unreadable: int
    """Number of cells and functions that could not be parsed or normalised."""
    truncated: bool
    """True if functions were left out because the code is too long."""


def read_code(cells: Iterable[str], fixed_names: frozenset[str] = frozenset()) -> Code:
    """Read the functions of a notebook.

    Args:
        cells: Sources of its code cells.
        fixed_names: Names that the lab prescribes; all others are the author's own.
    """
    definitions: dict[str, tuple[str, Definition]] = {}
    names: set[str] = set()
    unreadable = 0
    for cell in cells:
        text = strip_magics(cell.replace("\r", "\n"))
        if (tree := parse_or_none(text)) is None:
            unreadable += 1
            continue
        lines = text.split("\n")
        for node in top_level_nodes(tree):
            names.update(bound_names(node))
            if isinstance(node, Definition):
                definitions[node.name] = (_source_of(node, lines), node)
    return _normalise_all(definitions, frozenset(names) - fixed_names - _BUILTINS, unreadable)


def normalise(code: Definition | ast.Module, own_names: frozenset[str] = frozenset()) -> str:
    """Return the source of a body with its author's names numbered and its layout removed.

    Attributes, numbers, strings and the names of libraries and of the lab stay. A definition's
    first line is left out, because the lab prescribes it.

    Args:
        code: A function, a class or a module.
        own_names: Names that the author has chosen outside of it.

    Raises:
        ValueError: The source cannot be written.
        RecursionError: The code is nested too deeply.
    """
    body = ast.Module(body=deepcopy(code.body), type_ignores=[])
    normalised = _Normaliser(own_names | _local_names(code)).visit(body)
    return ast.unparse(ast.fix_missing_locations(normalised))


def top_level_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes in order, without descending into functions and classes."""
    stack = [*reversed(list(ast.iter_child_nodes(tree)))]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, Definition | ast.Lambda):
            stack += reversed(list(ast.iter_child_nodes(node)))


def bound_names(node: ast.AST) -> Iterator[str]:
    """Yield the name that a node binds, if any; imports without ``as`` bind a library's name."""
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


class _Normaliser(ast.NodeTransformer):
    """Numbers the author's names and drops what does not affect execution."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names, self._numbered = names, dict[str, str]()

    def generic_visit(self, node: _Node) -> _Node:
        for field in _ANNOTATION_FIELDS:
            if getattr(node, field, None) is not None:
                setattr(node, field, None)
        self._rename(node)
        super().generic_visit(node)
        if getattr(node, "body", None) == []:
            cast("Any", node).body.append(ast.Pass())
        return node

    def _rename(self, node: ast.AST) -> None:
        if isinstance(node, ast.keyword):  # the called function determines the name
            return
        for field in _NAME_FIELDS:
            if field == "name" and isinstance(node, ast.alias):
                continue
            if (name := getattr(node, field, None)) in self._names:
                self._numbered.setdefault(name, f"{NAME_PREFIX}{len(self._numbered)}")
                setattr(node, field, self._numbered[name])

    def visit_Global(self, node: ast.Global) -> None:
        """Drop `global` statements: scopes have already been resolved."""

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        """Drop `nonlocal` statements for the same reason."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Drop docstrings and other constants that stand alone."""
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        """Turn an annotated assignment into a plain one; drop it if it only annotates."""
        if node.value is None:
            return None
        return self.generic_visit(ast.Assign(targets=[node.target], value=node.value))


def _local_names(code: ast.AST) -> frozenset[str]:
    """Return the names that are bound within, at any depth, except global ones."""
    bound: set[str] = set()
    global_names: set[str] = set()
    for node in ast.walk(code):
        if isinstance(node, ast.Global):
            global_names.update(node.names)
        elif node is not code:
            bound.update(bound_names(node))
    return frozenset(bound - global_names)


def _normalise_all(
    definitions: dict[str, tuple[str, Definition]], own_names: frozenset[str], unreadable: int
) -> Code:
    functions: dict[str, Function] = {}
    remaining, truncated = MAX_CHARACTERS, False
    for name, (source, node) in definitions.items():
        if len(source) > remaining:
            truncated = True
            continue
        remaining -= len(source)
        try:
            normalised = normalise(node, own_names)
        except (ValueError, RecursionError):  # nested more deeply than anyone writes
            unreadable += 1
            continue
        functions[name] = Function(name=name, source=source, normalised=normalised)
    return Code(functions=functions, unreadable=unreadable, truncated=truncated)


def _source_of(node: Definition, lines: list[str]) -> str:
    """Return a definition's source, decorators included."""
    first = min((node.lineno, *(decorator.lineno for decorator in node.decorator_list)))
    return textwrap.dedent("\n".join(lines[first - 1 : node.end_lineno]))
