"""The command line: a file for each command, with its options and its action.

`grader.cli.main` is the entry point; it imports a command's file when the command is called.
"""

from grader.cli.main import cli, main

__all__ = ["cli", "main"]
