"""What one cell of a notebook binds, reads and changes, found by reading it."""

import ast
import hashlib
import symtable
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from grader.submission.global_effects import changes_world, keeps_state, orders, root
from grader.submission.read import Cell
from grader.submission.source import parses, readable, tree_of, without_installs

_PURE = frozenset(
    "abs all any bool dict display enumerate float int isinstance len list max min print range "
    "repr reversed round set sorted str sum tuple type zip".split()
)
_COMPS = frozenset({"dictcomp", "listcomp", "setcomp"})
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """A cell, as far as others have to do with it."""

    index: int
    digest: str
    """Of its code: comments and layout do not count."""
    binds: frozenset[str] = frozenset()
    now: frozenset[str] = frozenset()
    """Names it reads while it runs, that it has not bound itself by then."""
    late: frozenset[str] = frozenset()
    """Names that its functions read when they are called."""
    changes: frozenset[str] = frozenset()
    """Names whose objects it changes for certain."""
    handles: frozenset[str] = frozenset()
    """Names whose objects it may change: it calls their methods, or hands them to functions."""
    calls: frozenset[str] = frozenset()
    """All names it reads while it runs."""
    functions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The functions and classes it defines, to the names they read."""
    stateful: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The same to the names through which they have a memory, "" for the world."""
    worldly: bool = False
    """Whether everything after it may depend on it."""


@dataclass(frozen=True, slots=True)
class _Plain:
    """A cell as plain Python."""

    index: int
    text: str
    tree: ast.Module | None
    orders: bool
    """Whether it gives IPython orders."""


def footprints(cells: Iterable[Cell]) -> tuple[Footprint, ...]:
    """The footprints of a notebook's cells, in order."""
    plain = [_plain(cell) for cell in cells]
    imports = imported(cell.tree for cell in plain if cell.tree is not None)
    return tuple(_footprint(cell, imports) for cell in plain)


def names_in(expression: str) -> frozenset[str]:
    """The names that an expression takes from outside it.

    Args:
        expression: The rubric's.
    """
    table = symtable.symtable(expression, "probe", "eval")
    return frozenset(_read(table)).union(*map(_globals, table.get_children()))


def imported(trees: Iterable[ast.Module]) -> dict[str, str]:
    """Every imported name, and every name that stands for one, to the module it comes from."""
    found: dict[str, str] = {}
    nodes = [node for tree in trees for node in ast.walk(tree)]
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name.partition(".")[0]
                found[alias.asname or module] = module
        elif isinstance(node, ast.ImportFrom):
            module = (node.module or "").partition(".")[0]
            found.update({alias.asname or alias.name: module for alias in node.names})
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name | ast.Attribute):
            module = found.get(root(node.value), "")
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            found.update(dict.fromkeys(names, module) if module else {})
    return found


def _plain(cell: Cell) -> _Plain:
    cleaned, _ = without_installs(cell.source)
    text = readable(cleaned)
    return _Plain(cell.index, text, tree_of(text), not parses(cleaned) and orders(cleaned))


def _footprint(cell: _Plain, imports: Mapping[str, str]) -> Footprint:
    tree = cell.tree
    if tree is None:  # no Python: it runs nothing, unless IPython makes something of it
        return Footprint(index=cell.index, digest=_digest(cell.text), worldly=cell.orders)
    try:
        table = symtable.symtable(cell.text, "cell", "exec")
        digest = _digest(ast.dump(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Footprint(index=cell.index, digest=_digest(cell.text), worldly=True)
    inner = table.get_children()
    at_once = [
        child for child in inner if child.get_type() == "class" or child.get_name() in _COMPS
    ]
    calls = frozenset(_read(table)).union(*map(_globals, at_once))
    bound = frozenset(_bound(table))
    return Footprint(
        index=cell.index,
        digest=digest,
        binds=bound,
        now=_unbound(tree.body) & calls,
        late=frozenset().union(*map(_globals, inner)),
        changes=frozenset(_changed(tree)),
        handles=frozenset(_handled(tree, imports)),
        calls=calls,
        functions=_functions(inner),
        stateful=_stateful(tree, bound, imports),
        worldly=cell.orders or changes_world(tree, imports),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _bound(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            yield symbol.get_name()


def _read(table: symtable.SymbolTable) -> Iterator[str]:
    return (symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced())


def _functions(tables: Iterable[symtable.SymbolTable]) -> dict[str, frozenset[str]]:
    """A name that is defined twice reads what both definitions read."""
    found: dict[str, frozenset[str]] = {}
    for table in tables:
        name = table.get_name()
        found[name] = found.get(name, frozenset()) | _globals(table)
    return found


def _stateful(
    tree: ast.Module, bound: frozenset[str], imports: Mapping[str, str]
) -> dict[str, frozenset[str]]:
    """A function without a name may go by any that its cell binds."""
    found: dict[str, frozenset[str]] = {}
    for node in _top(tree):
        if isinstance(node, (*_DEFINITIONS, ast.Lambda)) and (state := keeps_state(node, imports)):
            names = bound if isinstance(node, ast.Lambda) else {node.name}
            found.update({name: found.get(name, frozenset()) | state for name in names})
    return found


def _globals(table: symtable.SymbolTable) -> frozenset[str]:
    """The notebook's names that a function reads, those within it included."""
    own = {s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()}
    return frozenset(own).union(*map(_globals, table.get_children()))


def _unbound(body: Iterable[ast.stmt]) -> frozenset[str]:
    """Names that are read before these statements have bound them for certain."""
    found: set[str] = set()
    bound: set[str] = set()
    for statement in body:
        reads = _reads(statement)
        if isinstance(statement, ast.For):  # what is in it is read with its target bound
            reads = (reads - _stored(statement.target)) | _reads(statement.iter)
        found |= reads - bound
        bound |= _binds_for_certain(statement)
    return frozenset(found)


def _binds_for_certain(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.Assign(targets=targets):
            return set().union(*map(_stored, targets))
        case ast.AnnAssign(target=target, value=ast.expr()):
            return _stored(target)
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {(alias.asname or alias.name).partition(".")[0] for alias in names}
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
    return set()


def _reads(tree: ast.AST) -> set[str]:
    return {n.id for n in _top(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _stored(tree: ast.AST) -> set[str]:
    """Plain names in a target."""
    nodes = ast.walk(tree)
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _top(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes that run with the cell: of a function its defaults and decorators, not its body."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            pending += [node.args, *getattr(node, "decorator_list", [])]
            pending += filter(None, [getattr(node, "returns", None)])
        else:
            pending += ast.iter_child_nodes(node)


def _changed(tree: ast.AST) -> Iterator[str]:
    """Names whose attributes or items are set."""
    for node in _top(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield root(node)


def _handled(tree: ast.AST, imports: Mapping[str, str]) -> Iterator[str]:
    """Names whose methods are called, or that are handed to the notebook's own functions."""
    for node in _top(tree):
        if not isinstance(node, ast.Call) or (start := root(node.func)) in imports:
            continue
        if isinstance(node.func, ast.Attribute) and start:
            yield start
        if start not in _PURE:
            arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
            names = {name for argument in arguments for name in _reads(argument)}
            yield from names - _PURE - imports.keys()
