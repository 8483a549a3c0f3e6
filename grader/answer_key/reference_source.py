"""The reference's source as notebook cells, read without importing it."""

import ast
import hashlib
import importlib.util
from pathlib import Path

from grader.errors import AnswerKeyError
from grader.rubric.model import Rubric


def reference_sources(rubric: Rubric) -> list[str]:
    """The reference's source, module by module, with its variants and mistakes, as cells.

    Raises:
        AnswerKeyError: The reference is not installed here.
    """
    plan = rubric.reference
    names = [*plan.modules, *(name for name in (plan.variants, plan.mistakes) if name)]
    return [source for name in names for source in _module_sources(name)]


def has_reference(rubric: Rubric) -> bool:
    """Whether the reference is installed here."""
    try:
        return bool(reference_sources(rubric))
    except AnswerKeyError:
        return False


def reference_sha256(rubric: Rubric) -> str:
    """Digest of everything the key's values come from."""
    return hashlib.sha256("\0".join(reference_sources(rubric)).encode()).hexdigest()


def _module_sources(name: str) -> list[str]:
    """A module's source, or its package's files in the order its ``MODULES`` lists them."""
    top, *rest = name.split(".")
    spec = importlib.util.find_spec(top)
    if spec is None or not spec.submodule_search_locations:
        raise AnswerKeyError(
            f"No answer key fits this rubric, model and seed, and the package {top!r} "
            "that could make one is not installed here."
        )
    path = Path(spec.submodule_search_locations[0]).joinpath(*rest)
    if path.is_dir():
        files = [path / f"{module}.py" for module in _reading_order(path / "__init__.py")]
    else:
        files = [path.with_suffix(".py")]
    return [_as_cell(file.read_text(encoding="utf-8"), top) for file in files]


def _reading_order(init: Path) -> list[str]:
    """The literal ``MODULES`` of a package, read without importing it."""
    for node in ast.parse(init.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "MODULES" for t in node.targets
        ):
            return [str(name) for name in ast.literal_eval(node.value)]
    raise AnswerKeyError(f"{init} does not say in which order its modules are read (MODULES).")


def _as_cell(source: str, package: str) -> str:
    """Source without its imports from its own package: earlier cells have defined those names."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package:
            for line in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[line] = ""
    return "\n".join(lines) + "\n"
