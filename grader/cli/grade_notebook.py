"""``grade NOTEBOOK``: progress while it runs, then the report."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from rich.console import Console

from grader.answer_key.file import write_atomically
from grader.cli.browser import open_page, page_of_its_own
from grader.cli.progress import Display
from grader.errors import GraderError, SubmissionError
from grader.grading.pipeline import Graded, grade_file
from grader.grading.session import Settings
from grader.integrations.results.base import Result, Ungraded
from grader.integrations.results.registry import told
from grader.render.csv import to_csv
from grader.render.html import to_html
from grader.render.json import to_json
from grader.render.terminal import render
from grader.rubric.load import find_rubric


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where a report goes besides the terminal, and how much it says there."""

    json: Path | None = None
    html: Path | None = None
    csv: Path | None = None
    platform: str | None = None
    """Whose format to write, by its name in `grader.integrations.results.registry`."""
    result: Path | None = None
    """Where that goes; to standard output if not given."""
    hints: int = 1
    opened: bool = False
    """Whether the page is shown in a browser."""

    def with_page(self) -> "Output":
        """The same with a place for the page, if it is to be opened and has none."""
        return replace(self, html=page_of_its_own()) if self.opened and not self.html else self


def grade_notebook(
    notebook: Path, *, rubric: str | None, settings: Settings, output: Output
) -> int:
    """Grade one notebook, show the report, write the files asked for.

    Returns:
        The exit code: 0 for full marks, 1 when marks were lost.

    Raises:
        GraderError: It could not be graded, or a file could not be written.
    """
    start = monotonic()
    try:
        graded = _graded(notebook, rubric, settings)
    except GraderError as error:
        ours = not isinstance(error, SubmissionError)
        _tell(Ungraded(reason=str(error), ours=ours), output, start)
        raise
    report = graded.report
    _tell(report, output, start)
    # What a platform reads from standard output has it for itself.
    Console(stderr=output.platform is not None).print(render(report, output.hints))
    output = output.with_page()
    write_files(graded, output)
    if output.opened and output.html is not None:
        open_page(output.html, Console(stderr=True))
    return 0 if report.full_marks else 1


def write_files(graded: Graded, output: Output) -> None:
    """Write the report to the files asked for.

    Args:
        graded: The report, with what its pictures show.
        output: Which files.

    Raises:
        GraderError: One cannot be written.
    """
    report = graded.report
    if output.json is not None:
        _write(output.json, to_json(report))
    if output.html is not None:
        _write(output.html, to_html(report, graded.pictures, output.hints))
    if output.csv is not None:
        _write(output.csv, to_csv(report))


def _graded(notebook: Path, rubric: str | None, settings: Settings) -> Graded:
    with Display(Console(stderr=True)) as display:
        return grade_file(notebook, find_rubric(rubric), settings, display.listener())


def _tell(result: Result, output: Output, start: float) -> None:
    """Write a platform's file, where there is one to write."""
    if output.platform is None:
        return
    text = told(result, output.platform, start)
    if output.result is None:
        sys.stdout.write(text)
    else:
        _write(output.result, text)


def _write(path: Path, text: str) -> None:
    try:
        write_atomically(path, text.encode())
    except OSError as error:
        raise GraderError(f"Cannot write {path}: {error.strerror or error}.") from error
