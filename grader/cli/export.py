"""``grade export``: a batch's scores in a gradebook's file."""

from pathlib import Path

import click

from grader.cli.options import GRADEBOOKS


@click.command()
@click.argument("results", type=click.Path(path_type=Path))
@click.option("--to", required=True, type=GRADEBOOKS, help="The gradebook.")
@click.option(
    "--roster",
    type=click.Path(path_type=Path),
    help="What the platform exports: Canvas's, Brightspace's or Blackboard's gradebook, Moodle's "
    "grading worksheet; for csv and nbgrader any CSV list of students, or none.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write it.")
@click.option("--assignment", help="The column's title or id; without it, the lab's title.")
@click.option(
    "--match", metavar="COLUMN", help="Match by this column of the roster, and by nothing else."
)
@click.option("--rubric", help="A lab's name or a rubric file.")
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
    """Write a results folder's scores as a file that a gradebook imports.

    Overrides and the late policy count. Who has no row, and which row has no submission, is said
    on standard error; exit code 1 says that a submission is not in the file with a number.
    """
    from grader.commands.export import Export, export_results

    asked = Export(
        results=results, to=to, roster=roster, output=output, assignment=assignment, match=match
    )
    ctx.exit(export_results(asked, rubric=rubric))
