"""The command line: options in, one call, exit code out. No decision lives here."""

import os
import sys
from pathlib import Path

import click

from grader.cli.container import container
from grader.cli.export import export
from grader.cli.key import key
from grader.cli.package import package
from grader.cli.regrade import regrade
from grader.cli.rubric import rubric
from grader.cli.run import run
from grader.cli.similarity import similarity
from grader.errors import GraderError
from grader.render.text import plain

_WRONG_USAGE = 2


class _Grade(click.Group):
    """``grade NOTEBOOK`` is ``grade run NOTEBOOK``: whatever is no command is a notebook."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = ["run", *args]
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the options of grading a notebook where people look for them."""
        options = [option for option in run.params if isinstance(option, click.Option)]
        rows = [row for option in options if (row := option.get_help_record(ctx))]
        with formatter.section("Options of grade NOTEBOOK.ipynb, grade FOLDER and grade ZIP"):
            formatter.write_dl(rows)
        super().format_options(ctx, formatter)


@click.group(
    cls=_Grade,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "ignore_unknown_options": True,
        "max_content_width": 100,
    },
    subcommand_metavar="NOTEBOOK.ipynb | FOLDER | ZIP | COMMAND [OPTIONS]",
)
@click.version_option(package_name="induction-lab-grader", prog_name="grade")
def cli() -> None:
    """Grade a notebook of the induction-head lab, or a folder or zip of them.

    Runs the notebook, calls its functions on inputs it has not seen, compares what comes back
    with the reference and says, criterion by criterion, what was earned, what was wrong and why.

    Exit codes: 0 full marks, 1 graded and marks lost, 2 could not be graded or wrong usage, 3 the
    grader's own side failed. Of a folder or zip: 0 when every submission has ended.
    """


@cli.command()
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
    from grader.commands.template import write_template

    if example and solution:
        raise click.UsageError("--example and --solution are two notebooks: choose one.")
    write_template(lab, output, example=example, solution=solution)


@cli.command()
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Say what works on this machine, and what to do about what does not."""
    from grader.commands.doctor import examine

    ctx.exit(examine())


cli.add_command(run)
cli.add_command(key)
cli.add_command(rubric)
cli.add_command(regrade)
cli.add_command(export)
cli.add_command(similarity)
cli.add_command(container)
cli.add_command(package)


def main() -> None:
    """Run the command line; every error of ours is one clear message on standard error."""
    try:
        code = cli.main(standalone_mode=False)
    except GraderError as error:
        click.echo(f"grade: {plain(str(error))}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(_WRONG_USAGE)
    except (KeyboardInterrupt, click.Abort):
        click.echo("grade: stopped.", err=True)
        sys.exit(130)
    except Exception as error:
        if os.environ.get("GRADE_TRACEBACK"):
            raise
        said = plain(f"{type(error).__name__}: {error}".splitlines()[0])
        click.echo(f"grade: a fault of its own: {said} (GRADE_TRACEBACK=1 shows where)", err=True)
        sys.exit(GraderError.exit_code)
    sys.exit(code if isinstance(code, int) else 0)
