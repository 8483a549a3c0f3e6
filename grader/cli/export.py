"""Options of ``grade export``."""

from pathlib import Path

import click

from grader.cli.options import GRADEBOOKS as GRADEBOOK_NAMES
from grader.cli.options import PATH, option, output_option, rubric_option


@click.command()
@click.argument("results", type=PATH)
@option("--to", required=True, type=GRADEBOOK_NAMES, help="Gradebook to write a file for.")
@option(
    "--roster",
    metavar="FILE",
    type=PATH,
    help="The platform's export: the gradebook of Canvas, Brightspace or Blackboard, the grading "
    "worksheet of Moodle; for csv and nbgrader any CSV list of students, or none.",
)
@output_option("File to write. Defaults to the gradebook's name in the current folder.")
@option("--assignment", help="The column's title or id. Defaults to the lab's title.")
@option("--match", metavar="COLUMN", help="Match students by this column of the roster only.")
@rubric_option
@click.pass_context
def export(  # noqa: PLR0913, PLR0917 (one parameter an option)
    ctx: click.Context,
    results: Path,
    to: str,
    roster: Path | None,
    output: Path | None,
    assignment: str | None,
    match: str | None,
    rubric: str | None,
) -> None:
    """Write a results folder's scores to a gradebook file.

    Overrides and the late policy are applied. Students without a row and rows without a submission
    are listed on standard error. Exits with 1 if a submission is not in the file with a score.
    """
    from grader.cli.export_results import ExportRequest, export_results

    request = ExportRequest(
        results=results, to=to, roster=roster, output=output, assignment=assignment, match=match
    )
    ctx.exit(export_results(request, rubric=rubric))
