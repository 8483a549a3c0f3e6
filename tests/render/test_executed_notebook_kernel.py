"""The executed notebook shows what the cells displayed."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.execution.run import run_job
from grader.kernel.figure_data import PLOTLY_MIME
from grader.render.executed_notebook import to_notebook
from grader.submission.read import parse_submission
from tests.builders import submission
from tests.kernel.test_figure_data import job
from tests.notebooks import notebook

pytestmark = pytest.mark.kernel

FORGED = "application/vnd.induction-lab-grader+json"
CELLS = [
    "print('said')\nimport sys; print('warned', file=sys.stderr)",
    "21 * 2",
    "raise ValueError('wrong <b>here</b>')",
    "import pandas as pd\npd.DataFrame({'head': ['L5H1']})",
    "import plotly.express as px\npx.imshow([[1, 2], [3, 4]]).show()",
    "print('x' * 50_000_000)",
    "from IPython.display import publish_display_data as show\n"
    "show({'text/plain': 'x' * 3_000_000})",
    f"show({{'{FORGED}': {{'observation': 'x'}}, 'text/plain': 'seen'}})",
    "show({'nonsense': 'x', 'application/json': [[]] * 250_000, 'text/plain': 'seen'})",
    "for i in range(500): show({'text/plain': str(i)})",
    "show({'image/png': 'x' * 900_000})\n" * 12,
]


@pytest.fixture(scope="module")
def cells() -> list[Any]:
    """Run CELLS and return the cells of the executed notebook, validated by nbformat."""
    written = to_notebook(submission(*CELLS), run_job(job(*CELLS)))
    read = nbformat.reads(written.decode(), as_version=4)
    nbformat.validate(read)
    return list(read.cells)


def test_text_values_errors_and_tables_are_there(cells: list[Any]) -> None:
    """Each kind of output is what Jupyter would have shown."""
    assert [(o.name, o.text) for o in cells[0].outputs] == [
        ("stdout", "said\n"),
        ("stderr", "warned\n"),
    ]
    assert cells[1].outputs[0].data["text/plain"] == "42"
    assert cells[2].outputs[0].evalue == "wrong <b>here</b>"
    assert "ValueError" in "".join(cells[2].outputs[0].traceback)
    assert "L5H1" in cells[3].outputs[0].data["text/html"]
    assert cells[4].outputs[0].data[PLOTLY_MIME]["data"][0]["type"] == "heatmap"


def test_what_is_too_large_is_left_out_and_said(cells: list[Any]) -> None:
    """Oversized outputs are cut or left out with a note, and the rest is kept."""
    assert len(cells[5].outputs[0].text) < 70_000
    assert cells[6].outputs[0].data["text/plain"] == "[left out: 2.9 MB]"
    assert len(cells[9].outputs) == 200
    pictures = [o.data["image/png"] for o in cells[10].outputs]
    assert pictures[0].startswith("xxx")
    assert pictures[-1].startswith("[left out")


def test_what_is_not_for_a_person_is_dropped(cells: list[Any]) -> None:
    """The grader's own media type, invalid ones and oversized JSON are dropped."""
    assert dict(cells[7].outputs[0].data) == {"text/plain": "seen"}
    assert dict(cells[8].outputs[0].data) == {"text/plain": "seen"}


def test_the_students_text_stays_between_the_cells() -> None:
    """Markdown cells, which hold answers to questions, keep their places."""
    whole = notebook(["x = 1", "y = 2"])
    prose = {"cell_type": "markdown", "id": "p", "metadata": {}, "source": "My *answer*"}
    whole["cells"].insert(1, prose)
    read = parse_submission(json.dumps(whole).encode(), Path("a.ipynb"), job().limits)
    out = nbformat.reads(to_notebook(read, run_job(job("x = 1", "y = 2"))), as_version=4)
    assert [(c.cell_type, c.source) for c in out.cells] == [
        ("code", "x = 1"),
        ("markdown", "My *answer*"),
        ("code", "y = 2"),
    ]
