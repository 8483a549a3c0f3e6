"""Builds notebooks for tests, with the reference in the template's cells, and grades them."""

import ast
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.answer_key.reference_source import reference_sources
from grader.grading.pipeline import grade_notebook
from grader.report.model import Report, Verdict
from grader.rubric.load import load_rubric
from grader.rubric.sections import Limits
from grader.submission.source import defined_names, strip_magics

TEMPLATE = Path(__file__).parents[1] / "student_template" / "induction_heads.ipynb"
LOAD = """
from transformer_lens import HookedTransformer
model = HookedTransformer.from_pretrained("gpt2-small")
"""
SEQUENCES = """
import torch

def create_repeated_sequence(seq_len=25, seed=None):
    if seed is not None:
        torch.manual_seed(seed)
    half = torch.randint(1000, 10000, (1, seq_len))
    return torch.cat([half, half], dim=1)
"""
RESULTS = {
    "top_induction_heads": "top_induction_heads = top_heads(induction_scores, above=0.15)",
    "top_prev_heads": "top_prev_heads = top_heads(prev_token_scores, above=0.3, below_layer=4)",
}


def notebook(cells: Sequence[str], **metadata: Any) -> dict[str, Any]:
    """Return a notebook of code cells, as Jupyter writes it."""
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": spec | metadata,
        "cells": [code_cell(source, i) for i, source in enumerate(cells)],
    }


def code_cell(source: str, i: int = 0) -> dict[str, Any]:
    """Return a code cell that was never run."""
    return {
        "cell_type": "code",
        "id": f"cell-{i}",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


def reference_cells() -> list[str]:
    """Return the reference's files, a cell for each, without variants and mistakes."""
    rubric = load_rubric(None).rubric
    plan = rubric.reference.model_copy(update={"variants": None, "mistakes": None})
    return reference_sources(rubric.model_copy(update={"reference": plan}))


def function_cells() -> list[str]:
    """Return the cells of a right notebook that loads the model and defines every function."""
    return [LOAD, *reference_cells()]


def solved_template() -> list[str]:
    """Return the template's cells with the reference in place of the stubs."""
    sources = reference_cells()
    solved: list[str] = []
    for cell in json.loads(TEMPLATE.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            solved += _filled("".join(cell["source"]), sources)
    return solved


def _filled(cell: str, sources: list[str]) -> list[str]:
    """Replace a stub's cell by the files of the reference that it needs, each used once."""
    for name, code in RESULTS.items():
        if f'NotImplementedError("{name}")' in cell:
            return [*_take_up_to("top_heads", sources), code]
    stub = next(
        (n.name for n in ast.parse(strip_magics(cell)).body if isinstance(n, ast.FunctionDef)), None
    )
    if stub is None or "NotImplementedError" not in cell:
        return [cell]
    return _take_up_to(stub, sources)


def _take_up_to(name: str, sources: list[str]) -> list[str]:
    """Remove and return the remaining files up to the one that defines a name."""
    last = next((i for i, source in enumerate(sources) if name in defined_names([source])), -1)
    taken = sources[: last + 1]
    del sources[: last + 1]
    return taken


def write(path: Path, cells: Sequence[str], **metadata: Any) -> Path:
    """Write a notebook and return its path."""
    path.write_text(json.dumps(notebook(cells, **metadata)), encoding="utf-8")
    return path


class Graded:
    """A report with its verdicts by id."""

    def __init__(self, report: Report) -> None:
        """Index a report."""
        self.report = report
        self.verdicts: dict[str, Verdict] = {verdict.id: verdict for verdict in report.verdicts}

    def outcomes(self, function: str) -> set[str]:
        """Return the outcomes of a function's criteria."""
        return {v.outcome for v in self.report.verdicts if v.function == function}

    def lost(self) -> set[str | None]:
        """Return the functions that lost points."""
        return {v.function for v in self.report.verdicts if v.points < v.max_points}

    def errors(self) -> dict[int, str]:
        """Return the error of each cell that did not complete."""
        return {trouble.cell: trouble.ename for trouble in self.report.cell_errors}


def graded(
    path: Path, *, only: str | None = None, model: str | None = None, **limits: float
) -> Graded:
    """Grade a notebook with a real driver, a real kernel and the shipped key."""
    file = load_rubric(None)
    if limits:
        changed = Limits.model_validate({**file.rubric.limits.model_dump(), **limits})
        file = replace(file, rubric=file.rubric.model_copy(update={"limits": changed}))
    return Graded(grade_notebook(path, rubric=file, device="cpu", only=only, model=model))


def timeless(value: Any) -> Any:
    """Return a report's JSON without durations: nothing else may differ between two runs."""
    if isinstance(value, dict):
        return {name: timeless(part) for name, part in value.items() if name != "seconds"}
    return [timeless(part) for part in value] if isinstance(value, list) else value
