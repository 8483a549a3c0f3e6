"""``grade template``: the notebook to work in, an example of one, or its worked solution."""

from pathlib import Path

import click
from rich.console import Console

from grader import labs
from grader.errors import GraderError, SubmissionError
from grader.rubric.load import find_rubric


def write_template(lab: str | None, output: Path | None, *, example: bool, solution: bool) -> None:
    """Write the template, the example submission or the solution, without overwriting anything.

    Args:
        lab: A lab's name; the one that is meant where none is named.
        output: Where to; a file of its own name here if not given.
        example: Whether it is the filled-in one.
        solution: Whether it is the worked one.

    Raises:
        RubricError: There is no such lab.
        SubmissionError: There is a file of that name already.
        GraderError: It is not installed here, or cannot be written.
    """
    stem, notebook = _solution(lab) if solution else _handed_out(lab, example=example)
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
    check = "grade it with" if example or solution else "check your work with"
    Console().print(f"Wrote {path}. Open it in Jupyter; {check}: grade {path}", highlight=False)


def _handed_out(lab: str | None, *, example: bool) -> tuple[str, bytes]:
    stem = labs.EXAMPLE if example else find_rubric(lab).rubric.lab
    notebook = labs.template(stem)
    if notebook is None:
        raise GraderError(f"The notebook {stem}.ipynb is not installed here.")
    return stem, notebook


def _solution(lab: str | None) -> tuple[str, bytes]:
    stem = find_rubric(lab).rubric.lab
    notebook = labs.worked_solution(stem)
    if notebook is None:
        raise GraderError(
            "The worked solution comes with the reference, which is not installed here."
        )
    return f"{stem}_solution", notebook


@click.command()
@click.argument("lab", required=False)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write it.")
@click.option(
    "--example", is_flag=True, help="A filled-in notebook with two mistakes, to try the grader on."
)
@click.option(
    "--solution", is_flag=True, help="The worked solution, where the reference is installed."
)
def template(lab: str | None, output: Path | None, *, example: bool, solution: bool) -> None:
    """Write the notebook a student works in; LAB is a lab's name."""
    if example and solution:
        raise click.UsageError("--example and --solution are two notebooks: choose one.")
    write_template(lab, output, example=example, solution=solution)
