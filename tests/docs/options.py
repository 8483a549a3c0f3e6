"""Every command of the project with its options, and where the docs speak of it."""

import re
from collections.abc import Iterator, Mapping

import click

from grader.cli import cli
from reference.__main__ import main as analyse
from tests.docs.pages import PAGES, text

_HEADING = re.compile(r"^(?=##+ )", re.MULTILINE)
_HOLES = re.compile(r"grade (?:NOTEBOOK|FOLDER|ZIP)\b|grade \S+(?:\.ipynb|\.zip|/)(?=\s|$|`)")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*|(?<![\w-])-[a-zA-Z](?![\w-])")


def every_command() -> dict[str, click.Command]:
    """Return the click commands by what is typed; `grade run` is `grade NOTEBOOK`."""
    return {
        **dict(_below("grade", cli)),
        "python -m reference": analyse,
    }


def _below(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    for word, inner in subcommands(command).items():
        yield from _below(f"{name} {word}", inner)


def subcommands(group: click.Group) -> dict[str, click.Command]:
    """Return a group's commands by name, importing those that are loaded on demand."""
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def options(command: click.Command) -> tuple[click.Option, ...]:
    """A command's own options."""
    return tuple(option for option in command.params if isinstance(option, click.Option))


def names(command: click.Command) -> set[str]:
    """Every name of every option, and those that all commands have."""
    own = {name for option in options(command) for name in (*option.opts, *option.secondary_opts)}
    return own | {"-h", "--help"}


def sections() -> tuple[str, ...]:
    """README and docs, heading by heading."""
    return tuple(part for page in PAGES for part in _HEADING.split(text(page)))


def about(command: str, part: str) -> bool:
    """Return True if a section names a command as it is typed."""
    if command == "grade run":
        return _HOLES.search(part) is not None
    return re.search(rf"{re.escape(command)}(?![\w-])", part) is not None


def named(part: str) -> set[str]:
    """The options that a text names."""
    return set(_OPTION.findall(part))


def typed(line: str, commands: Mapping[str, click.Command]) -> tuple[str, set[str]] | None:
    """The command that a line or span gives, and the options that it names."""
    for command in sorted(commands, key=len, reverse=True):
        if f"{line} ".startswith(f"{command} "):
            return command, named(line.removeprefix(command))
    return ("grade run", named(line)) if _HOLES.match(line) else None
