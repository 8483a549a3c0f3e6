"""``grade NOTEBOOK``: grades with a progress bar, prints the report and writes the files."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from rich.console import Console

from grader.cli.browser import open_page, temporary_page
from grader.cli.progress import NotebookProgress
from grader.errors import GraderError, SubmissionError
from grader.files.atomic_write import write_atomically
from grader.grading.pipeline import Graded, grade_file
from grader.grading.session import Settings
from grader.integrations.results.base import Result, Ungraded
from grader.integrations.results.registry import write_result
from grader.render.csv import to_csv
from grader.render.html import to_html
from grader.render.json import to_json
from grader.render.terminal import render_report
from grader.rubric.load import load_rubric


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Files to write besides the terminal's report, and what the report shows."""

    json: Path | None = None
    html: Path | None = None
    csv: Path | None = None
    platform: str | None = None
    """Result format, by its name in `grader.integrations.results.registry`."""
    platform_file: Path | None = None
    """File for the platform's result; None for standard output."""
    hints: int = 1
    open_page: bool = False
    """Open the HTML page in a browser."""

    def with_page(self) -> "Output":
        """Return the output with a temporary HTML file, if a page is to be opened and has none."""
        return replace(self, html=temporary_page()) if self.open_page and not self.html else self


def run_grade_notebook(
    notebook: Path, *, rubric: str | None, settings: Settings, output: Output
) -> int:
    """Grade one notebook, print the report and write the files.

    Returns:
        The exit code: 0 for full marks, 1 if marks were lost.

    Raises:
        GraderError: The notebook could not be graded, or a file could not be written.
    """
    start = monotonic()
    try:
        graded = _graded(notebook, rubric, settings)
    except GraderError as error:
        is_ours = not isinstance(error, SubmissionError)
        _write_platform_result(Ungraded(reason=str(error), grader_fault=is_ours), output, start)
        raise
    report = graded.report
    _write_platform_result(report, output, start)
    # If a platform reads standard output, the report for people goes to standard error.
    Console(stderr=output.platform is not None).print(render_report(report, output.hints))
    output = output.with_page()
    write_files(graded, output)
    if output.open_page and output.html is not None:
        open_page(output.html, Console(stderr=True))
    return 0 if report.full_marks else 1


def write_files(graded: Graded, output: Output) -> None:
    """Write the report as JSON, HTML and CSV, as far as requested.

    Raises:
        GraderError: A file cannot be written.
    """
    report = graded.report
    if output.json is not None:
        _write(output.json, to_json(report))
    if output.html is not None:
        _write(output.html, to_html(report, graded.charts, output.hints))
    if output.csv is not None:
        _write(output.csv, to_csv(report))


def _graded(notebook: Path, rubric: str | None, settings: Settings) -> Graded:
    with NotebookProgress(Console(stderr=True)) as progress:
        return grade_file(notebook, load_rubric(rubric), settings, progress.events())


def _write_platform_result(result: Result, output: Output, start: float) -> None:
    """Write the platform's result file, if one is requested."""
    if output.platform is None:
        return
    text = write_result(result, output.platform, start)
    if output.platform_file is None:
        sys.stdout.write(text)
    else:
        _write(output.platform_file, text)


def _write(path: Path, text: str) -> None:
    try:
        write_atomically(path, text.encode())
    except OSError as error:
        raise GraderError(f"Cannot write {path}: {error.strerror or error}.") from error
