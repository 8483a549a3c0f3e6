"""``grade template``: writes the notebook to work in, an example submission, or the solution."""

from pathlib import Path

from rich.console import Console

from grader import labs
from grader.errors import GraderError, SubmissionError
from grader.rubric.load import load_rubric


def write_template(lab: str | None, output: Path | None, *, example: bool, solution: bool) -> None:
    """Write the template, the example submission or the solution; never overwrite a file.

    Args:
        lab: The lab's name; None for the installed lab.
        output: The file to write; by default the lab's notebook in the current folder.
        example: Write the example submission.
        solution: Write the worked solution.

    Raises:
        RubricError: There is no such lab.
        SubmissionError: The file exists.
        GraderError: The notebook is not installed here, or cannot be written.
    """
    stem, notebook = _solution(lab) if solution else _student_notebook(lab, example=example)
    path = output or Path(f"{stem}.ipynb")
    try:
        with path.open("xb") as file:
            file.write(notebook)
    except FileExistsError as error:
        raise SubmissionError(
            f"{path} exists already and may hold your work: choose another name with -o."
        ) from error
    except OSError as error:
        raise GraderError(f"Cannot write {path}: {error.strerror or error}.") from error
    check = "grade it with" if example or solution else "check your work with"
    Console().print(f"Wrote {path}. Open it in Jupyter; {check}: grade {path}", highlight=False)


def _student_notebook(lab: str | None, *, example: bool) -> tuple[str, bytes]:
    stem = labs.EXAMPLE if example else load_rubric(lab).rubric.lab
    notebook = labs.read_notebook(stem)
    if notebook is None:
        raise GraderError(f"The notebook {stem}.ipynb is not installed here.")
    return stem, notebook


def _solution(lab: str | None) -> tuple[str, bytes]:
    stem = load_rubric(lab).rubric.lab
    notebook = labs.read_worked_solution(stem)
    if notebook is None:
        raise GraderError(
            "The worked solution comes with the reference, which is not installed here."
        )
    return f"{stem}_solution", notebook
