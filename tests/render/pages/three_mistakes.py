"""A notebook with three of the lab's common mistakes, graded in a kernel."""

import json
from pathlib import Path

from grader.grading.pipeline import Graded, grade_file
from grader.grading.session import Settings
from grader.rubric.load import load_rubric
from tests.notebooks import write

EXAMPLE = Path(__file__).parents[3] / "student_template" / "example_submission.ipynb"
MISTAKES = ("target_not_shifted", "queries_for_keys", "late_binding")
"""The first and the last are the example's own."""
HOSTILE = "</style><script>document.title = 'taken'</script>\x1b[31m\u202e"
BROKEN = f"def broken(text):\n    raise ValueError(text)\n\nbroken({HOSTILE!r})"


def cells() -> list[str]:
    """Return the example's code, with queries in place of keys and a cell that raises."""
    found = json.loads(EXAMPLE.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in found if cell["cell_type"] == "code"]
    changed = [source.replace("model.W_K[", "model.W_Q[") for source in sources]
    assert changed != sources
    return [*changed, BROKEN, 'raise RuntimeError("<b>" + "y" * 10**7)']


def graded(folder: Path) -> Graded:
    """Grade the notebook with the key that ships."""
    notebook = write(folder / "three_mistakes.ipynb", cells())
    return grade_file(notebook, load_rubric(None), Settings(device="cpu"))
