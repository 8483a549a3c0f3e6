"""Computes which names each cell of a notebook defines, reads and mutates, without running it."""

import ast
import hashlib
import symtable
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from grader.submission.global_effects import (
    has_effectful_magic,
    has_global_effects,
    names_keeping_state,
    root_name,
)
from grader.submission.read import Cell
from grader.submission.source import (
    is_valid_python,
    parse_or_none,
    remove_install_lines,
    strip_magics,
)

_PURE_BUILTINS = frozenset(
    "abs all any bool dict display enumerate float int isinstance len list max min print range "
    "repr reversed round set sorted str sum tuple type zip".split()
)
_COMPREHENSIONS = frozenset({"dictcomp", "listcomp", "setcomp"})
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellDependencies:
    """A cell's dependencies: the names it defines, reads and mutates."""

    index: int
    digest: str
    """Digest of the cell's code, ignoring comments and layout."""
    defines: frozenset[str] = frozenset()
    reads_now: frozenset[str] = frozenset()
    """Names the cell reads while it runs, before it has defined them itself."""
    reads_later: frozenset[str] = frozenset()
    """Names that the cell's functions read when they are called."""
    mutates: frozenset[str] = frozenset()
    """Names whose objects the cell certainly mutates."""
    may_mutate: frozenset[str] = frozenset()
    """Names whose objects it may mutate: it calls their methods or passes them to functions."""
    reads: frozenset[str] = frozenset()
    """All names the cell reads while it runs."""
    functions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The names that each function or class defined in the cell reads."""
    stateful: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The names through which each stateful function keeps state; "" stands for global effects."""
    has_global_effects: bool = False
    """True if everything after the cell may depend on it."""


@dataclass(frozen=True, slots=True)
class _ParsedCell:
    """A cell converted to plain Python."""

    index: int
    text: str
    tree: ast.Module | None
    has_effectful_magic: bool


def analyse_cells(cells: Iterable[Cell]) -> tuple[CellDependencies, ...]:
    """Return the dependencies of a notebook's cells, in order."""
    parsed = [_parse(cell) for cell in cells]
    imports = import_origins(cell.tree for cell in parsed if cell.tree is not None)
    return tuple(_analyse(cell, imports) for cell in parsed)


def free_names(expression: str) -> frozenset[str]:
    """Return the free names of an expression: those it does not bind itself."""
    table = symtable.symtable(expression, "probe", "eval")
    return frozenset(_names_read(table)).union(*map(_globals_read, table.get_children()))


def import_origins(trees: Iterable[ast.Module]) -> dict[str, str]:
    """Map every imported name, and every name assigned from one, to its top-level module."""
    origins: dict[str, str] = {}
    nodes = [node for tree in trees for node in ast.walk(tree)]
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name.partition(".")[0]
                origins[alias.asname or module] = module
        elif isinstance(node, ast.ImportFrom):
            module = (node.module or "").partition(".")[0]
            origins.update({alias.asname or alias.name: module for alias in node.names})
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name | ast.Attribute):
            module = origins.get(root_name(node.value), "")
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            origins.update(dict.fromkeys(names, module) if module else {})
    return origins


def _parse(cell: Cell) -> _ParsedCell:
    cleaned, _ = remove_install_lines(cell.source)
    text = strip_magics(cleaned)
    effectful = not is_valid_python(cleaned) and has_effectful_magic(cleaned)
    return _ParsedCell(cell.index, text, parse_or_none(text), effectful)


def _analyse(cell: _ParsedCell, imports: Mapping[str, str]) -> CellDependencies:
    tree = cell.tree
    if tree is None:  # not Python, so it runs nothing unless IPython executes one of its magics
        return CellDependencies(
            index=cell.index,
            digest=_digest(cell.text),
            has_global_effects=cell.has_effectful_magic,
        )
    try:
        table = symtable.symtable(cell.text, "cell", "exec")
        digest = _digest(ast.dump(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return CellDependencies(
            index=cell.index, digest=_digest(cell.text), has_global_effects=True
        )
    scopes = table.get_children()
    run_at_once = [
        scope
        for scope in scopes
        if scope.get_type() == "class" or scope.get_name() in _COMPREHENSIONS
    ]
    reads = frozenset(_names_read(table)).union(*map(_globals_read, run_at_once))
    defined = frozenset(_names_bound(table))
    return CellDependencies(
        index=cell.index,
        digest=digest,
        defines=defined,
        reads_now=_free_names(tree.body) & reads,
        reads_later=frozenset().union(*map(_globals_read, scopes)),
        mutates=frozenset(_mutated(tree)),
        may_mutate=frozenset(_possibly_mutated(tree, imports)),
        reads=reads,
        functions=_names_by_function(scopes),
        stateful=_stateful_functions(tree, defined, imports),
        has_global_effects=cell.has_effectful_magic or has_global_effects(tree, imports),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _names_bound(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            yield symbol.get_name()


def _names_read(table: symtable.SymbolTable) -> Iterator[str]:
    return (symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced())


def _names_by_function(tables: Iterable[symtable.SymbolTable]) -> dict[str, frozenset[str]]:
    """Map each function to the names it reads; two definitions of one name are merged."""
    names: dict[str, frozenset[str]] = {}
    for table in tables:
        function = table.get_name()
        names[function] = names.get(function, frozenset()) | _globals_read(table)
    return names


def _stateful_functions(
    tree: ast.Module, defined: frozenset[str], imports: Mapping[str, str]
) -> dict[str, frozenset[str]]:
    """Map stateful functions to the names that hold their state.

    A lambda is attributed to every name that its cell defines.
    """
    stateful: dict[str, frozenset[str]] = {}
    for node in _executed_nodes(tree):
        if not isinstance(node, (*_DEFINITIONS, ast.Lambda)):
            continue
        if state := names_keeping_state(node, imports):
            functions = defined if isinstance(node, ast.Lambda) else {node.name}
            stateful.update({f: stateful.get(f, frozenset()) | state for f in functions})
    return stateful


def _globals_read(table: symtable.SymbolTable) -> frozenset[str]:
    """Return the notebook's names that a function reads, including its nested functions."""
    direct = {s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()}
    return frozenset(direct).union(*map(_globals_read, table.get_children()))


def _free_names(body: Iterable[ast.stmt]) -> frozenset[str]:
    """Return the names that are read before these statements have definitely assigned them."""
    free: set[str] = set()
    assigned: set[str] = set()
    for statement in body:
        reads = _loaded_names(statement)
        if isinstance(statement, ast.For):  # the loop's body reads its target after assignment
            reads = (reads - _stored_names(statement.target)) | _loaded_names(statement.iter)
        free |= reads - assigned
        assigned |= _definitely_assigned(statement)
    return frozenset(free)


def _definitely_assigned(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.Assign(targets=targets):
            return set().union(*map(_stored_names, targets))
        case ast.AnnAssign(target=target, value=ast.expr()):
            return _stored_names(target)
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {(alias.asname or alias.name).partition(".")[0] for alias in names}
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
    return set()


def _loaded_names(tree: ast.AST) -> set[str]:
    nodes = _executed_nodes(tree)
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _stored_names(tree: ast.AST) -> set[str]:
    """Return the plain names in an assignment target."""
    nodes = ast.walk(tree)
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _executed_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run with the cell: defaults and decorators of functions, not bodies."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            pending += [node.args, *getattr(node, "decorator_list", [])]
            pending += filter(None, [getattr(node, "returns", None)])
        else:
            pending += ast.iter_child_nodes(node)


def _mutated(tree: ast.AST) -> Iterator[str]:
    """Yield the names whose attributes or items are set."""
    for node in _executed_nodes(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield root_name(node)


def _possibly_mutated(tree: ast.AST, imports: Mapping[str, str]) -> Iterator[str]:
    """Yield the names whose methods are called or that are passed to the notebook's functions."""
    for node in _executed_nodes(tree):
        if not isinstance(node, ast.Call) or (root := root_name(node.func)) in imports:
            continue
        if isinstance(node.func, ast.Attribute) and root:
            yield root
        if root not in _PURE_BUILTINS:
            arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
            names = {name for argument in arguments for name in _loaded_names(argument)}
            yield from names - _PURE_BUILTINS - imports.keys()
