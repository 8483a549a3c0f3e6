"""Common mistakes of the lab are recognised and explained in the terminal."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from grader.render.terminal import render_report
from grader.report.model import Report
from tests.notebooks import function_cells, graded, write

pytestmark = pytest.mark.kernel

SCORES = "induction_scores = compute_induction_scores(model)\n"
SHIFTED = """
import numpy as np

def compute_induction_scores(model, seq_len=25, n_samples=10):
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for sample in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=sample))
        for layer in range(model.cfg.n_layers):
            for head in range(model.cfg.n_heads):
                pattern = cache["pattern", layer][0, head]
                queries = range(seq_len, 2 * seq_len)
                attention = [pattern[pos, pos - seq_len].item() for pos in queries]
                scores[layer, head] += np.mean(attention) / n_samples
    return scores
"""
COPYING = """
top_induction_heads = []
folded = model.W_U @ model.W_E
for layer in range(model.cfg.n_layers):
    for head in range(model.cfg.n_heads):
        values = torch.linalg.eigvals(model.W_O[layer, head] @ folded @ model.W_V[layer, head])
        copying = (values.real.sum() / values.abs().sum()).item()
        if copying > 0.6:
            top_induction_heads.append((layer, head, copying))
top_induction_heads.sort(key=lambda entry: -entry[2])
"""
LAYER_0 = """
first = induction_scores[0]
top_induction_heads = [(0, int(head), float(first[head])) for head in np.argsort(-first)[:5]]
"""


def terminal_text(report: Report) -> str:
    """Return the terminal output of a report, on one line."""
    console = Console(width=100, color_system=None, file=StringIO())
    with console.capture() as capture:
        console.print(render_report(report))
    return " ".join(capture.get().split())


@pytest.mark.parametrize(
    ("cells", "only", "name", "words"),
    [
        ([SHIFTED], "compute_induction_scores", "target not shifted", "duplicate-token heads"),
        (
            [SCORES, COPYING],
            "top_induction_heads",
            "copying heads listed",
            "You list heads that copy",
        ),
        (
            [SCORES, LAYER_0],
            "top_induction_heads",
            "induction in layer 0",
            "You list heads of layer 0",
        ),
    ],
)
def test_each_common_mistake_is_named(
    tmp_path: Path, cells: list[str], only: str, name: str, words: str
) -> None:
    """A shifted target, copying heads and heads of layer 0 are recognised by name."""
    path = write(tmp_path / "mistake.ipynb", [*function_cells(), *cells])
    report = graded(path, only=only).report
    text = terminal_text(report)
    assert f"known mistake: {name}" in text
    assert words in text
    assert "Hint: " in text
