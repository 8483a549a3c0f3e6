"""Reading code without running it: what a notebook defines, which functions are still stubs."""

import ast
import re
import warnings
from collections.abc import Iterable

# Possessive, and within a line: blank lines and long runs of spaces take linear time.
_MAGIC = re.compile(r"^([ \t]*+)[%!?].*$|^([ \t]*+).*\?{1,2}[ \t]*$", re.MULTILINE)
_ASSIGNED_MAGIC = re.compile(r"^([ \t]*+)([\w, ]++)=[ \t]*+[%!].*$", re.MULTILINE)
_CODE_CELL_MAGICS = ("time", "timeit", "capture", "prun")
_INSTALL = re.compile(
    r"^([ \t]*+)[%!][ \t]*+(?:sudo[ \t]++)?(?:python3?[ \t]++-m[ \t]++)?"
    r"(?:pip3?|uv|conda|mamba|apt|apt-get)\b.*$",
    re.MULTILINE,
)
_CONTINUED_INSTALL = re.compile(r"\\\n")


def without_installs(source: str) -> tuple[str, list[str]]:
    """Take the install lines out of a cell: everything the lab needs is there already.

    Returns:
        The cell with each of them replaced by ``pass``, and the lines taken out.
    """
    if not re.search(r"[%!]", source) or parses(source):
        return source, []
    first, end, rest = source.lstrip().partition("\n")
    if not first.startswith("%%"):
        return _without_installs(source)
    if not _keeps_python(first) or parses(rest):
        return source, []
    cleaned, taken = _without_installs(rest)
    return first + end + cleaned, taken


def _without_installs(source: str) -> tuple[str, list[str]]:
    taken: list[str] = []

    def skip(match: re.Match[str]) -> str:
        taken.append(match.group(0).strip())
        return f"{match.group(1)}pass"

    joined = _CONTINUED_INSTALL.sub(" ", source) if _INSTALL.search(source) else source
    return _INSTALL.sub(skip, joined), taken


def readable(source: str) -> str:
    """Plain Python for IPython's: magics and shell lines become ``pass``."""
    if parses(source):
        return source  # a line that looks like a magic is part of a string or an expression
    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%"):
        if not _keeps_python(first):
            return ""
        if parses(rest):
            return rest
        source = rest  # another magic below this one is a line like any other
    plain = _ASSIGNED_MAGIC.sub(r"\1\2= None", source)
    return _MAGIC.sub(lambda match: f"{match.group(1) or match.group(2) or ''}pass", plain)


def parses(source: str) -> bool:
    """Whether it is Python at all."""
    return tree_of(source) is not None


def definitions(source: str) -> str:
    """Only the imports, functions and classes of a cell: what is safe to keep of one that hung.

    Assignments, calls and loops are left out; an empty string when there is nothing to keep.
    """
    tree = tree_of(readable(source))
    if tree is None:
        return ""
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    kept = ast.Module(body=[node for node in tree.body if isinstance(node, kinds)], type_ignores=[])
    try:
        return ast.unparse(kept)
    except RecursionError:  # nested more deeply than anyone writes
        return ""


def defined_names(sources: Iterable[str]) -> frozenset[str]:
    """Every function defined anywhere and every name assigned at a cell's top level or deeper."""
    found: set[str] = set()
    for source in sources:
        for node in ast.walk(tree_of(readable(source)) or ast.Module(body=[], type_ignores=[])):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
    return frozenset(found)


def stubs(sources: Iterable[str]) -> frozenset[str]:
    """Functions whose last definition does nothing: ``pass``, ``...`` or NotImplementedError."""
    last: dict[str, bool] = {}
    for source in sources:
        tree = tree_of(readable(source))
        for node in tree.body if tree is not None else ():
            if isinstance(node, ast.FunctionDef):
                last[node.name] = all(_does_nothing(statement) for statement in node.body)
            else:
                last.update(dict.fromkeys(_bound(node), False))
    return frozenset(name for name, empty in last.items() if empty)


def _keeps_python(magic: str) -> bool:
    """Whether what follows a ``%%`` line is Python of the notebook's own."""
    return magic.removeprefix("%%").partition(" ")[0].strip() in _CODE_CELL_MAGICS


def _bound(statement: ast.stmt) -> set[str]:
    """Names a statement gives another value, however deep."""
    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name)
    return found


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Name(id="NotImplementedError")):
            return True
        case ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
    return False


def tree_of(source: str) -> ast.Module | None:
    """Code as a tree; None where it is no Python."""
    try:
        with warnings.catch_warnings():  # an invalid escape in a student's string is no news
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
