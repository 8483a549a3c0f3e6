"""Each file here is one command of `grade`: its options and what it does; `main` is the entry point."""

from grader.cli.main import cli, main

__all__ = ["cli", "main"]
