"""``grade template``: the notebook to work in."""

from pathlib import Path

from rich.console import Console

from grader.errors import GraderError, SubmissionError
from grader.rubric_file import find_rubric
from grader.template import EXAMPLE, template


def write_template(output: Path | None, *, example: bool) -> None:
    """Write the template, or the example submission, without overwriting anything.

    Raises:
        SubmissionError: There is a file of that name already.
        GraderError: It cannot be written.
    """
    stem = EXAMPLE if example else find_rubric(None).rubric.lab
    notebook = template(stem)
    if notebook is None:
        raise GraderError(f"The notebook {stem}.ipynb is not installed here.")
    path = output or Path(f"{stem}.ipynb")
    try:
        with path.open("xb") as file:
            file.write(notebook)
    except FileExistsError as error:
        raise SubmissionError(
            f"{path} is there already: it may hold your work. Choose another name with -o."
        ) from error
    except OSError as error:
        raise GraderError(f"Cannot write {path}: {error.strerror or error}.") from error
    Console().print(
        f"Wrote {path}. Open it in Jupyter; check your work with: grade {path}", highlight=False
    )
