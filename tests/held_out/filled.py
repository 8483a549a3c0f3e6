"""Fills the template's stubs with held-out solutions."""

import ast
import json
from pathlib import Path

from grader.submission.source import strip_magics
from tests.notebooks import TEMPLATE


def filled_template(file: str, index: int) -> list[str]:
    """Return the template's cells, with stubs replaced by solutions of one file.

    Args:
        file: Name of a file in this folder, without its suffix.
        index: Number of the solution for each function; the last if there are fewer.
    """
    tree = ast.parse(Path(__file__).with_name(f"{file}.py").read_text(encoding="utf-8"))
    solutions: dict[str, list[ast.FunctionDef]] = {}
    common: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and "__" in node.name:
            node.name = node.name.partition("__")[0]
            solutions.setdefault(node.name, []).append(node)
        else:
            common.append(node)
    cells = [ast.unparse(node) for node in common]
    for cell in json.loads(TEMPLATE.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            body = ast.parse(strip_magics(source)).body
            stub = next((node.name for node in body if isinstance(node, ast.FunctionDef)), "")
            candidates = solutions.get(stub, [])
            solution = candidates[min(index, len(candidates) - 1)] if candidates else None
            cells.append(ast.unparse(solution) if solution else source)
    return cells
