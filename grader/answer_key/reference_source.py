"""Reads the reference's source as notebook cells, without importing it."""

import ast
import hashlib
import importlib.util
from pathlib import Path

from grader.errors import AnswerKeyError
from grader.rubric.model import Rubric


def reference_sources(rubric: Rubric) -> list[str]:
    """Return the source of the reference, its variants and its mistakes, one cell a module.

    Raises:
        AnswerKeyError: The reference is not installed here.
    """
    return [
        _to_cell(path.read_text(encoding="utf-8"), name.split(".")[0])
        for name in _module_names(rubric)
        for path in module_files(name)[1]
    ]


def has_reference(rubric: Rubric) -> bool:
    """Return True if the reference is installed here."""
    try:
        return bool(reference_sources(rubric))
    except AnswerKeyError:
        return False


def reference_sha256(rubric: Rubric) -> str:
    """Return the digest of everything that a key takes from the reference: code and mistakes."""
    descriptions = [
        path.read_text(encoding="utf-8")
        for name in (rubric.reference.mistakes,)
        if name
        for path in sorted(module_files(name)[0].parent.glob("*.yaml"))
    ]
    texts = "\0".join((*reference_sources(rubric), *descriptions))
    return hashlib.sha256(texts.encode()).hexdigest()


def module_files(name: str) -> tuple[Path, list[Path]]:
    """Locate a module, or a package whose ``MODULES`` lists its modules in order.

    Returns:
        The file that may hold literals such as ``MODULES``, and the files of the source.

    Raises:
        AnswerKeyError: It is not installed here, or the package does not list its modules.
    """
    top, *rest = name.split(".")
    spec = importlib.util.find_spec(top)
    if spec is None or not spec.submodule_search_locations:
        raise AnswerKeyError(
            f"No answer key fits this rubric, model and seed, and the package {top!r} "
            "that could make one is not installed here."
        )
    path = Path(spec.submodule_search_locations[0]).joinpath(*rest)
    if not path.is_dir():
        file = path.with_suffix(".py")
        return file, [file]
    init = path / "__init__.py"
    modules = literal(init, "MODULES")
    if not isinstance(modules, tuple):
        raise AnswerKeyError(f"{init} does not list its modules in reading order (MODULES).")
    return init, [path / f"{module}.py" for module in modules]


def literal(path: Path, name: str) -> object:
    """Return the literal that a module assigns to a name, without running it; None if absent."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == name for t in node.targets
        ):
            return ast.literal_eval(node.value)
    return None


def _module_names(rubric: Rubric) -> list[str]:
    plan = rubric.reference
    return [*plan.modules, *(name for name in (plan.variants, plan.mistakes) if name)]


def _to_cell(source: str, package: str) -> str:
    """Blank out imports from the source's own package: earlier cells have defined those names."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package:
            for line in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[line] = ""
    return "\n".join(lines) + "\n"
