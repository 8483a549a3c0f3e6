"""Write the notebooks of `student_template`, and the worked solution, from readable sources.

Run as `python -m tests.template.regenerate` after editing a source.
"""

from pathlib import Path
from typing import cast

import jupytext
import nbformat
from nbformat import NotebookNode

from tests.template.worked_solution import insert_answers

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "student_template"
SOURCES = (TEMPLATE / "induction_heads.py", TEMPLATE / "example_submission.py")
WORKED = ROOT / "reference" / "worked" / "induction_heads.ipynb"
ANSWERS = (WORKED.with_name("solutions.py"), WORKED.with_name("exercises.py"))

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}


def notebook_text(source: Path) -> str:
    """Render a py:percent source as its notebook; the same source gives the same bytes."""
    return _to_text(_read(source))


def worked_text() -> str:
    """Render the template with the answers inserted as the text of the worked solution."""
    answers = [cell for path in ANSWERS for cell in _read(path).cells]
    return _to_text(insert_answers(_read(SOURCES[0]), answers))


def _read(source: Path) -> NotebookNode:
    text = source.read_text(encoding="utf-8")
    return cast("NotebookNode", jupytext.reads(text, fmt="py:percent"))


def _to_text(notebook: NotebookNode) -> str:
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for position, cell in enumerate(notebook.cells):
        cell.id = f"cell-{position:02}"
        cell.metadata = nbformat.from_dict({})
    return str(nbformat.writes(notebook, version=nbformat.NO_CONVERT)).rstrip("\n") + "\n"


def main() -> None:
    """Write every notebook beside its source."""
    WORKED.write_text(worked_text(), encoding="utf-8")
    for source in SOURCES:
        source.with_suffix(".ipynb").write_text(notebook_text(source), encoding="utf-8")


if __name__ == "__main__":
    main()
