"""The command line: options in, one call, exit code out. No decision lives here."""

import os
import sys
from importlib import import_module

import click

from grader.cli.grade import run
from grader.errors import GraderError
from grader.render.escape import plain

_WRONG_USAGE = 2
_COMMANDS = {
    "container": "Grade the submission where a course platform's container has it.",
    "doctor": "Say what works on this machine, and what to do about what does not.",
    "export": "Write a results folder's scores as a file that a gradebook imports.",
    "key": "Build answer keys, and verify the one that ships.",
    "package": "Write the archive that a course platform takes.",
    "regrade": "Score a results folder again by another rubric, without running anything.",
    "rubric": "Work on rubrics.",
    "similarity": "List students with similar code or identical wrong answers.",
    "template": "Write the notebook a student works in.",
}
"""Commands of their own modules, by name, with the line that `grade --help` shows for each."""


class _Grade(click.Group):
    """Command group that grades whatever is no command, and imports a command when it is called.

    ``grade NOTEBOOK`` is ``grade run NOTEBOOK``. Help for the group imports none of them, so that
    it stays instant.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"grader.cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (click's signature)
        """List every command with its line of help, without importing its module."""
        own = {name: command.get_short_help_str(80) for name, command in self.commands.items()}
        with formatter.section("Commands"):
            formatter.write_dl(sorted((own | _COMMANDS).items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.list_commands(ctx):
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


cli.add_command(run)


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
