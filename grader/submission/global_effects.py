"""Detects code with global effects: monkey-patching, process state, dynamically looked-up names."""

import ast
import re
from collections.abc import Iterator, Mapping

_DYNAMIC_BUILTINS = frozenset(
    "__import__ compile delattr eval exec exit get_ipython globals locals quit setattr vars".split()
)
_PROCESS_MODULES = frozenset(
    "asyncio atexit builtins ctypes importlib logging multiprocessing os resource shutil signal "
    "subprocess sys threading warnings".split()
)
"""Modules whose use may change the process."""
_DISPLAY_MODULES = frozenset(
    "IPython altair matplotlib plotly pprint rich seaborn time tqdm".split()
)
"""Modules that only display something when called as a statement."""
_HARMLESS_CALLS = frozenset(
    "collect empty_cache manual_seed manual_seed_all seed show synchronize".split()
)
"""Calls whose effect a probe resets before it is evaluated, or that leave no observable effect."""
_READ_ONLY_METHODS = frozenset(
    "copy count endswith format get index items join keys startswith values".split()
)
_CACHING_DECORATORS = frozenset({"cache", "cached", "lru_cache", "memoize"})
_MAGIC = re.compile(r"^[ \t]*+([%!].*)$", re.MULTILINE)
_HARMLESS_MAGIC = re.compile(
    r"%(?:matplotlib|config|timeit|grade|load_ext[ \t]++grader)\b|%%(?:time|timeit|capture|prun)\b"
)


def has_effectful_magic(source: str) -> bool:
    """Return whether a cell's magics do more than display or measure something.

    Args:
        source: A cell that is not valid Python as it stands.
    """
    return any(not _HARMLESS_MAGIC.match(found.group(1)) for found in _MAGIC.finditer(source))


def has_global_effects(tree: ast.AST, imports: Mapping[str, str]) -> bool:
    """Return whether top-level code may change more than the notebook's own names.

    Args:
        tree: The code; bodies of functions and classes are ignored.
        imports: Imported names and their aliases, mapped to their modules.
    """
    nodes = list(_nodes_outside_definitions(tree))
    context_managers = {id(item.context_expr) for n in nodes for item in getattr(n, "items", ())}
    return any(_is_global_effect(node, imports, context_managers) for node in nodes)


def names_keeping_state(function: ast.AST, imports: Mapping[str, str]) -> frozenset[str]:
    """Return the names through which a function or class keeps state between calls.

    The empty string in the result stands for global effects.

    Args:
        function: The definition.
        imports: As in `has_global_effects`.
    """
    local = _local_names(function)
    state: set[str] = set()
    for node in ast.walk(function):
        match node:
            case (
                ast.Attribute(ctx=ast.Store() | ast.Del())
                | ast.Subscript(ctx=ast.Store() | ast.Del())
            ):
                state |= {"" if _uses_dunder(node) else root_name(node)} - local
            case ast.Call(func=ast.Attribute(attr=m) as method) if m not in _READ_ONLY_METHODS:
                state |= {root_name(method)} - local - imports.keys() - {""}
            case _ if _is_global_effect(node, imports, set()):
                state.add("")
    for decorator in getattr(function, "decorator_list", []):
        is_cache = _attribute_name(decorator) in _CACHING_DECORATORS
        if is_cache or _root_through_calls(decorator) not in imports:
            state.add("")
    return frozenset(state)


def root_name(node: ast.AST) -> str:
    """Return the name that a chain of attributes and items begins with, or ""."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _root_through_calls(node: ast.AST) -> str:
    """Return the root name of a chain that may contain calls: `px` of `px.imshow(x).show()`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return root_name(node)


def _nodes_outside_definitions(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes except those inside functions and classes."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            pending += ast.iter_child_nodes(node)


def _is_global_effect(
    node: ast.AST, imports: Mapping[str, str], context_managers: set[int]
) -> bool:
    """Return whether a node changes something imported, or could change anything."""
    match node:
        case ast.ImportFrom(names=names):
            return any(alias.name == "*" for alias in names)
        case ast.Global():
            return True
        case ast.Name(id=name, ctx=ast.Load()):
            return name in _DYNAMIC_BUILTINS or imports.get(name) in _PROCESS_MODULES
        case (
            ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del())
        ):
            return root_name(node) in {"", *imports} or _uses_dunder(node)
        case ast.Expr(value=ast.Call(func=called)):
            # The notebook's own functions are analysed separately: treat them as harmless here.
            module = imports.get(_root_through_calls(called), "time")
            return not (module in _DISPLAY_MODULES or _attribute_name(called) in _HARMLESS_CALLS)
    is_setter = isinstance(node, ast.Call) and _attribute_name(node).startswith(("set_", "use_"))
    return is_setter and id(node) not in context_managers and _root_through_calls(node) in imports


def _local_names(function: ast.AST) -> set[str]:
    """Return a function's local names, without parameters that share a mutable default."""
    names: set[str] = set()
    for node in ast.walk(function):
        match node:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) if node is not function:
                names.add(name)
            case ast.alias():
                names.add((node.asname or node.name).partition(".")[0])
            case ast.ExceptHandler(name=str(name)):
                names.add(name)
    return names - {name for node in ast.walk(function) for name in _mutable_defaults(node)}


def _mutable_defaults(node: ast.AST) -> Iterator[str]:
    """Yield the parameters that have a mutable default."""
    if not isinstance(node, ast.arguments):
        return
    positional = [*node.posonlyargs, *node.args]
    with_default = positional[len(positional) - len(node.defaults) :]
    for arg, default in [*zip(with_default, node.defaults, strict=True),
                         *zip(node.kwonlyargs, node.kw_defaults, strict=True)]:  # fmt: skip
        if isinstance(default, ast.List | ast.Dict | ast.Set | ast.Call):
            yield arg.arg


def _attribute_name(node: ast.AST) -> str:
    """Return the last name of a chain: `seed` of `torch.cuda.seed`."""
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _uses_dunder(node: ast.AST) -> bool:
    """Return whether a chain contains a special attribute such as `__class__`."""
    return any(
        isinstance(part, ast.Attribute) and part.attr[:2] == part.attr[-2:] == "__"
        for part in ast.walk(node)
    )
