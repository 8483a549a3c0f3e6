"""Options of ``grade template``."""

from pathlib import Path

import click

from grader.cli.options import option, output_option


@click.command()
@click.argument("lab", required=False)
@output_option("File to write. Defaults to the lab's name in the current folder.")
@option(
    "--example",
    is_flag=True,
    help="Write an example submission with two mistakes, to try the grader on.",
)
@option(
    "--solution",
    is_flag=True,
    help="Write the worked solution, if the reference is installed.",
)
def template(lab: str | None, output: Path | None, *, example: bool, solution: bool) -> None:
    """Write the notebook that students work in.

    LAB is the name of a lab; by default it is the installed one.
    """
    from grader.cli.write_template import write_template

    if example and solution:
        raise click.UsageError("--example and --solution are two notebooks: choose one.")
    write_template(lab, output, example=example, solution=solution)
