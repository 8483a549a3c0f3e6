"""Analyses code without running it: defined names, function stubs and IPython magics."""

import ast
import re
import warnings
from collections.abc import Iterable
from threading import Lock

# Possessive, and within a line, so that blank lines and long runs of spaces take linear time.
_MAGIC = re.compile(r"^([ \t]*+)[%!?].*$|^([ \t]*+).*\?{1,2}[ \t]*$", re.MULTILINE)
_ASSIGNED_MAGIC = re.compile(r"^([ \t]*+)([\w, ]++)=[ \t]*+[%!].*$", re.MULTILINE)
_CODE_CELL_MAGICS = ("time", "timeit", "capture", "prun")
"""Cell magics after which the cell is still Python that runs in the notebook's namespace."""
_INSTALL = re.compile(
    r"^([ \t]*+)[%!][ \t]*+(?:sudo[ \t]++)?(?:python3?[ \t]++-m[ \t]++)?"
    r"(?:pip3?|uv|conda|mamba|apt|apt-get)\b.*$",
    re.MULTILINE,
)
_LINE_CONTINUATION = re.compile(r"\\\n")
_PARSER_LOCK = Lock()
"""Held while parsing: CPython 3.11 keeps one recursion depth for all threads of a batch."""


def parse_or_none(source: str) -> ast.Module | None:
    """Return the syntax tree of Python code, or None if it does not parse."""
    try:
        with _PARSER_LOCK, warnings.catch_warnings():
            # Students' strings may hold invalid escape sequences.
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def is_valid_python(source: str) -> bool:
    """Return whether the source is valid Python."""
    return parse_or_none(source) is not None


def remove_install_lines(source: str) -> tuple[str, list[str]]:
    """Remove a cell's install commands: everything that the lab needs is installed already.

    Returns:
        The cell with each install line replaced by ``pass``, and the removed lines.
    """
    if not re.search(r"[%!]", source) or is_valid_python(source):
        return source, []
    first, end, rest = source.lstrip().partition("\n")
    if not first.startswith("%%"):
        return _replace_installs(source)
    if not _is_code_magic(first) or is_valid_python(rest):
        return source, []
    cleaned, removed = _replace_installs(rest)
    return first + end + cleaned, removed


def strip_magics(source: str) -> str:
    """Convert IPython code to plain Python: magics and shell lines become ``pass``."""
    if is_valid_python(source):
        return source  # a line that looks like a magic is part of a string or an expression
    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%"):
        if not _is_code_magic(first):
            return ""
        if is_valid_python(rest):
            return rest
        source = rest  # treat a second cell magic below the first like any other magic line
    plain = _ASSIGNED_MAGIC.sub(r"\1\2= None", source)
    return _MAGIC.sub(lambda match: f"{match.group(1) or match.group(2) or ''}pass", plain)


def extract_definitions(source: str) -> str:
    """Return only the imports, functions and classes of a cell: what is safe to rerun after a hang.

    Assignments, calls and loops are left out; the result is empty if nothing remains.
    """
    tree = parse_or_none(strip_magics(source))
    if tree is None:
        return ""
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    body: list[ast.stmt] = [node for node in tree.body if isinstance(node, kinds)]
    try:
        return ast.unparse(ast.Module(body=body, type_ignores=[]))
    except RecursionError:  # nested more deeply than any honest code
        return ""


def defined_names(sources: Iterable[str]) -> frozenset[str]:
    """Return every function defined and every name assigned, at any depth."""
    names: set[str] = set()
    for source in sources:
        for node in ast.walk(
            parse_or_none(strip_magics(source)) or ast.Module(body=[], type_ignores=[])
        ):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
    return frozenset(names)


def find_stubs(sources: Iterable[str]) -> frozenset[str]:
    """Return functions whose last definition is ``pass``, ``...`` or NotImplementedError."""
    is_stub: dict[str, bool] = {}
    for source in sources:
        tree = parse_or_none(strip_magics(source))
        for node in tree.body if tree is not None else ():
            if isinstance(node, ast.FunctionDef):
                is_stub[node.name] = all(_is_stub_body(statement) for statement in node.body)
            else:
                is_stub.update(dict.fromkeys(_assigned_names(node), False))
    return frozenset(name for name, stub in is_stub.items() if stub)


def _replace_installs(source: str) -> tuple[str, list[str]]:
    removed: list[str] = []

    def replace(match: re.Match[str]) -> str:
        removed.append(match.group(0).strip())
        return f"{match.group(1)}pass"

    joined = _LINE_CONTINUATION.sub(" ", source) if _INSTALL.search(source) else source
    return _INSTALL.sub(replace, joined), removed


def _is_code_magic(magic: str) -> bool:
    """Return whether the lines below a ``%%`` line are Python for the notebook's namespace."""
    return magic.removeprefix("%%").partition(" ")[0].strip() in _CODE_CELL_MAGICS


def _assigned_names(statement: ast.stmt) -> set[str]:
    """Return the names that a statement rebinds, at any depth."""
    names: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name)
    return names


def _is_stub_body(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Name(id="NotImplementedError")):
            return True
        case ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
    return False
