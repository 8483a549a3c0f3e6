"""``grade FOLDER|ZIP -o RESULTS``: grades a batch and prints its progress and summary."""

from rich.console import Console
from rich.text import Text

from grader.batch.finalize import FinalizedBatch
from grader.batch.run import BatchEvents, BatchRequest, run_batch
from grader.cli.progress import BatchProgress
from grader.grading.session import Settings
from grader.rubric.load import load_rubric


def run_grade_folder(request: BatchRequest, *, rubric: str | None, settings: Settings) -> int:
    """Grade a folder or zip of submissions.

    Returns:
        The exit code: 0 when every submission has ended.

    Raises:
        GraderError: There are no submissions, they cannot be graded, or results cannot be written.
    """
    console = Console(stderr=True)
    with BatchProgress(console) as progress:
        events = BatchEvents(
            note=lambda text: console.print(text, style="bright_black"),
            warning=lambda text: print_warning(text, console),
            planned=progress.plan,
            finished=progress.update,
        )
        batch = run_batch(request, load_rubric(rubric), settings, events)
    print_summary(batch, console)
    return 0


def print_summary(batch: FinalizedBatch, console: Console) -> None:
    """Print a batch's warnings, its number of submissions by state, and the gradebook's path."""
    for warning in batch.warnings:
        print_warning(warning, console)
    summary = batch.summary
    counted = ", ".join(f"{n} {state}" for state, n in summary.states.items() if n)
    mean = f"; mean {summary.mean:g}" if summary.mean is not None else ""
    console.print(f"{summary.submissions} submissions: {counted}{mean}", highlight=False)
    console.print(Text(str(batch.gradebook)), soft_wrap=True)


def print_warning(text: str, console: Console) -> None:
    """Print a warning in one line."""
    console.print(Text(text, style="yellow"), soft_wrap=True)
