"""The entry point of the command line: commands, help and exit codes."""

import os
import sys
from importlib import import_module

import click

from grader.cli.options import write_sections
from grader.errors import GraderError, one_line
from grader.files.escape import escape_text
from grader.protocol.installation import DISTRIBUTION

_WRONG_USAGE = 2
_INTERRUPTED = 130
COMMANDS = {
    "container": "Grade a submission inside a course platform's container.",
    "doctor": "Check whether grading works on this machine.",
    "export": "Write a results folder's scores to a gradebook file.",
    "key": "Build answer keys and verify the shipped one.",
    "package": "Pack the grader for a course platform or for students.",
    "regrade": "Score a results folder with another rubric, without running notebooks.",
    "rubric": "Show, check and describe rubrics.",
    "run": "Grade a notebook, or a folder or zip of notebooks.",
    "similarity": "List students with similar code or identical wrong answers.",
    "template": "Write the notebook that students work in.",
}
"""Commands and the line of help that `grade --help` shows without importing the command."""
_MODULES = {"run": "grade"}
"""Modules of commands that are not named like their module."""


class _LazyGroup(click.Group):
    """A group that imports a command when it is called; ``grade X`` means ``grade run X``."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's signature)
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"grader.cli.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            args = ["run", *args]
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options of `grade NOTEBOOK`, which is what most people look for."""
        run = self.get_command(ctx, "run")
        params = run.params if run else []
        write_sections([*params, *self.get_params(ctx)], ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (click's signature)
        """Write the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(
    cls=_LazyGroup,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "ignore_unknown_options": True,
        "max_content_width": 100,
    },
    subcommand_metavar="NOTEBOOK.ipynb | FOLDER | ZIP | COMMAND [OPTIONS]",
)
@click.version_option(package_name=DISTRIBUTION, prog_name="grade")
def cli() -> None:
    """Grade a notebook of the induction-head lab, or a folder or zip of notebooks.

    Runs the notebook, calls its functions on inputs that the student has not seen, compares the
    results with a reference solution, and explains criterion by criterion what was lost and why.

    Exit codes: 0 full marks, 1 marks were lost, 2 the notebook or rubric cannot be used or the
    command is wrong, 3 the grader itself failed. For a folder or zip: 0 when all submissions are
    done.
    """


def main() -> None:
    """Run the command line. Every error of the grader is one message on standard error."""
    try:
        code = cli.main(standalone_mode=False)
    except GraderError as error:
        click.echo(f"grade: {escape_text(str(error))}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(_WRONG_USAGE)
    except (KeyboardInterrupt, click.Abort):
        click.echo("grade: stopped.", err=True)
        sys.exit(_INTERRUPTED)
    except Exception as error:
        if os.environ.get("GRADE_TRACEBACK"):
            raise
        message = escape_text(one_line(error))
        click.echo(
            f"grade: internal error: {message} (GRADE_TRACEBACK=1 shows the traceback)", err=True
        )
        sys.exit(GraderError.exit_code)
    sys.exit(code if isinstance(code, int) else 0)
