"""Code that changes what is everyone's: the libraries, the process, names it looks up by text."""

import ast
import re
from collections.abc import Iterator, Mapping

_POWERS = frozenset(
    "__import__ compile delattr eval exec exit get_ipython globals locals quit setattr vars".split()
)
_SYSTEM = frozenset(
    "asyncio atexit builtins ctypes importlib logging multiprocessing os resource shutil signal "
    "subprocess sys threading warnings".split()
)
"""Modules whose use may change the process."""
_SHOWING = frozenset("IPython altair matplotlib plotly pprint rich seaborn time tqdm".split())
"""Modules whose use as a statement only shows something."""
_HARMLESS = frozenset(
    "collect empty_cache manual_seed manual_seed_all seed show synchronize".split()
)
"""What a probe does itself before it asks, or nobody can tell afterwards."""
_READING = frozenset(
    "copy count endswith format get index items join keys startswith values".split()
)
_KEEPING = frozenset({"cache", "cached", "lru_cache", "memoize"})
_MAGIC = re.compile(r"^[ \t]*+([%!].*)$", re.MULTILINE)
_PLAIN_MAGIC = re.compile(
    r"%(?:matplotlib|config|timeit|grade|load_ext[ \t]++grader)\b|%%(?:time|timeit|capture|prun)\b"
)


def orders(source: str) -> bool:
    """Whether a cell has IPython do more than show or measure something.

    Args:
        source: A cell that is no plain Python as it stands.
    """
    return any(not _PLAIN_MAGIC.match(found.group(1)) for found in _MAGIC.finditer(source))


def changes_world(tree: ast.AST, imports: Mapping[str, str]) -> bool:
    """Whether code at the top of a cell may change more than the notebook's own names.

    Args:
        tree: The code, without the functions and classes in it.
        imports: Names that are imported, or stand for something imported, to their modules.
    """
    scoped = {id(item.context_expr) for node in _own(tree) for item in getattr(node, "items", ())}
    return any(_changes(node, imports, scoped) for node in _own(tree))


def keeps_state(function: ast.AST, imports: Mapping[str, str]) -> frozenset[str]:
    """Through which names a function or class has a memory, or changes the world (then "").

    Args:
        function: The definition.
        imports: As for `changes_world`.
    """
    local = _local(function)
    found: set[str] = set()
    for node in ast.walk(function):
        match node:
            case (
                ast.Attribute(ctx=ast.Store() | ast.Del())
                | ast.Subscript(ctx=ast.Store() | ast.Del())
            ):
                found |= {"" if _dunder(node) else root(node)} - local
            case ast.Call(func=ast.Attribute(attr=method) as called) if method not in _READING:
                found |= {root(called)} - local - imports.keys() - {""}
            case _ if _changes(node, imports, set()):
                found.add("")
    for decorator in getattr(function, "decorator_list", []):
        if _last(decorator) in _KEEPING or _called(decorator) not in imports:
            found.add("")
    return frozenset(found)


def root(node: ast.AST) -> str:
    """The name that a chain of attributes and items begins with; "" where it begins otherwise."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _called(node: ast.AST) -> str:
    """The same, and calls on the way do not count: `px` of `px.imshow(scores).show()`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return root(node)


def _own(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those in functions and classes."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            pending += ast.iter_child_nodes(node)


def _changes(node: ast.AST, imports: Mapping[str, str], scoped: set[int]) -> bool:
    """Whether a node changes what is imported, or could change anything."""
    match node:
        case ast.ImportFrom(names=names):
            return any(alias.name == "*" for alias in names)
        case ast.Global():
            return True
        case ast.Name(id=name, ctx=ast.Load()):
            return name in _POWERS or imports.get(name) in _SYSTEM
        case (
            ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del())
        ):
            return root(node) in {"", *imports} or _dunder(node)
        case ast.Expr(value=ast.Call(func=called)):
            module = imports.get(_called(called), "time")  # the notebook's own is looked at apart
            return not (module in _SHOWING or _last(called) in _HARMLESS)
    setting = isinstance(node, ast.Call) and _last(node).startswith(("set_", "use_"))
    return setting and id(node) not in scoped and _called(node) in imports


def _local(function: ast.AST) -> set[str]:
    """Names of a function's own; not parameters whose default is one object for all calls."""
    found: set[str] = set()
    for node in ast.walk(function):
        match node:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) if node is not function:
                found.add(name)
            case ast.alias():
                found.add((node.asname or node.name).partition(".")[0])
            case ast.ExceptHandler(name=str(name)):
                found.add(name)
    return found - {name for node in ast.walk(function) for name in _shared(node)}


def _shared(node: ast.AST) -> Iterator[str]:
    """The parameters of a function whose default can be changed."""
    if not isinstance(node, ast.arguments):
        return
    positional = [*node.posonlyargs, *node.args]
    with_default = positional[len(positional) - len(node.defaults) :]
    for arg, default in [*zip(with_default, node.defaults, strict=True),
                         *zip(node.kwonlyargs, node.kw_defaults, strict=True)]:  # fmt: skip
        if isinstance(default, ast.List | ast.Dict | ast.Set | ast.Call):
            yield arg.arg


def _last(node: ast.AST) -> str:
    """The last name of a chain: `seed` of `torch.cuda.seed`."""
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _dunder(node: ast.AST) -> bool:
    """Whether a chain goes through something like `__class__`."""
    return any(
        isinstance(part, ast.Attribute) and part.attr[:2] == part.attr[-2:] == "__"
        for part in ast.walk(node)
    )
