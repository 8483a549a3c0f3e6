"""The command line: options in, one call, exit code out. No decision lives here."""

from grader.cli.commands import cli, main
from grader.cli.run import run

__all__ = ["cli", "main", "run"]
