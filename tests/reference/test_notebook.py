"""Tests that the files, run in order in one namespace like notebook cells, work together."""

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from jaxtyping import Int
from torch import Tensor
from transformer_lens import HookedTransformer

import reference
from reference import induction_heads, mistakes, variants

ROOT = Path(reference.__file__).parent
FILES = [
    *(ROOT / "induction_heads" / f"{module}.py" for module in induction_heads.MODULES),
    *(ROOT / "variants" / f"{module}.py" for module in variants.MODULES),
    *(ROOT / "mistakes" / f"{module}.py" for module in mistakes.MODULES),
]

WITHOUT_SEQUENCES = {"induction_scores_copying", "induction_scores_unrepeated"}
"""Mistakes that do not depend on the sequences: they read only weights, or forget to repeat."""


def cell(file: Path) -> ast.Module:
    """Return a file's source without its imports from earlier files."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("reference"))
    ]
    return tree


@pytest.fixture(scope="module")
def notebook() -> dict[str, Any]:
    """Return the namespace after all cells have run."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for file in FILES:
        exec(compile(cell(file), file.name, "exec"), names)  # noqa: S102
    return names


def test_every_file_is_a_cell() -> None:
    """The order of cells contains every file but those of the command and the worked notebook."""
    files = {file for file in ROOT.rglob("*.py") if file.name != "__init__.py"}
    command = {ROOT / "__main__.py", *(ROOT / "analysis").glob("*.py")}
    worked = set((ROOT / "worked").glob("*.py"))
    assert files - command - worked == set(FILES)


def test_names_do_not_clash() -> None:
    """No two cells define the same name."""
    defined = [
        node.name
        for file in FILES
        for node in cell(file).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    defined += [
        target.id
        for file in FILES
        for node in cell(file).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    assert len(defined) == len(set(defined))


def test_cells_give_the_packages_answers(
    generic: HookedTransformer, notebook: dict[str, Any]
) -> None:
    """The notebook's functions give the package's results."""
    scores = notebook["compute_induction_scores"](generic, 7, 2)
    np.testing.assert_array_equal(scores, induction_heads.compute_induction_scores(generic, 7, 2))
    effects = notebook["ablation_effects"](generic, {"one": [(0, 1)]}, 7, 2)
    assert effects == induction_heads.ablation_effects(generic, {"one": [(0, 1)]}, 7, 2)


def test_recorded_sequences_reach_every_function(
    generic: HookedTransformer, notebook: dict[str, Any]
) -> None:
    """If a notebook replaces `create_repeated_sequence`, all functions use its sequences."""
    calls: list[int] = []

    def recorded(seq_len: int, seed: int) -> Int[Tensor, "1 pos"]:
        calls.append(seed)
        return torch.arange(seq_len).repeat(1, 2) + seed

    names = notebook | {}
    for file in FILES:
        exec(compile(cell(file), file.name, "exec"), names)  # noqa: S102
    names["create_repeated_sequence"] = recorded
    for name, function in list(names.items()):
        if name.startswith(("compute_induction", "measure_", "induction_scores_", "loss_")):
            calls.clear()
            function(generic, seq_len=7, n_samples=3)
            assert set(calls) <= {0, 1, 2}, name
            assert bool(calls) == (name not in WITHOUT_SEQUENCES), name
    generic.reset_hooks()  # one of the mistakes leaves some
    for name in ("test_induction_accuracy", "accuracy_first_half", "accuracy_off_by_one"):
        calls.clear()
        names[name](generic, seq_len=7, n_tests=3)
        assert calls == [0, 1, 2], name
    assert names["ablation_effects"](generic, {}, 7, 2)["baseline"][0] > 0
