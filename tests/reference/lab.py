"""Loads the functions that the printed lab defines from its notebook, if that is available."""

import ast
import typing
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
import torch
from transformer_lens import HookedTransformer

NOTEBOOK = Path(__file__).parents[2].parent / "shared" / "lab" / "lab_c3.ipynb"


def printed_functions(model: HookedTransformer) -> SimpleNamespace:
    """Return the functions that the lab's cells define, with a global `model`; no cell is run."""
    if not NOTEBOOK.is_file():
        pytest.skip(f"the lab's notebook is not at {NOTEBOOK}")
    names = {name: getattr(typing, name) for name in ("Dict", "List", "Optional", "Tuple")}
    names |= {"torch": torch, "np": np, "HookedTransformer": HookedTransformer, "model": model}
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.cell_type == "code" and cell.source.lstrip().startswith(("def ", "# Test that")):
            tree = ast.parse(cell.source)
            tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
            exec(compile(tree, NOTEBOOK.name, "exec"), names)  # noqa: S102
    return SimpleNamespace(**names)
