"""The functions in a notebook, read without running it: of one name the last definition counts."""

import ast
import builtins
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.similarity.normal import Definition, given, normalised
from grader.source import readable, tree_of

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
