"""Write the notebooks of `student_template` from their readable sources.

Run as `python -m tests.template.regenerate` after editing a source.
"""

from pathlib import Path

import jupytext
import nbformat

TEMPLATE = Path(__file__).parents[2] / "student_template"
SOURCES = (TEMPLATE / "induction_heads.py", TEMPLATE / "example_submission.py")

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook_text(source: Path) -> str:
    """Render a py:percent source as the text of its notebook: same source, same bytes."""
    notebook = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent")
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for position, cell in enumerate(notebook.cells):
        cell.id = f"cell-{position:02}"
        cell.metadata = nbformat.from_dict({})
    return str(nbformat.writes(notebook, version=nbformat.NO_CONVERT)).rstrip("\n") + "\n"


def main() -> None:
    """Write every notebook beside its source."""
    for source in SOURCES:
        source.with_suffix(".ipynb").write_text(notebook_text(source), encoding="utf-8")


if __name__ == "__main__":
    main()
