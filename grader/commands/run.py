"""``grade NOTEBOOK``: progress while it runs, then the report."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from grader.commands.progress import Display
from grader.errors import GraderError
from grader.key_file import write_atomically
from grader.pipeline import grade
from grader.render.csv import to_csv
from grader.render.html import to_html
from grader.render.json import to_json
from grader.render.terminal import render
from grader.rubric_file import find_rubric
from grader.sitting import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where a report goes besides the terminal, and how much it says there."""

    json: Path | None = None
    html: Path | None = None
    csv: Path | None = None
    hints: int = 1


def grade_notebook(
    notebook: Path, *, rubric: str | None, settings: Settings, output: Output
) -> int:
    """Grade one notebook, show the report, write the files asked for.

    Returns:
        The exit code: 0 for full marks, 1 when marks were lost.

    Raises:
        GraderError: It could not be graded, or a file could not be written.
    """
    console = Console()
    file = find_rubric(rubric)
    with Display(Console(stderr=True)) as display:
        report = grade(notebook, file, settings, display.listener())
    console.print(render(report, output.hints))
    if output.json is not None:
        _write(output.json, to_json(report))
    if output.html is not None:
        _write(output.html, to_html(report))
    if output.csv is not None:
        _write(output.csv, to_csv(report))
    return 0 if report.full_marks else 1


def _write(path: Path, text: str) -> None:
    try:
        write_atomically(path, text.encode())
    except OSError as error:
        raise GraderError(f"Cannot write {path}: {error.strerror or error}.") from error
