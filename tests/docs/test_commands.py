"""Every command in README and docs is run as it stands, or parsed here and run by another test."""

import re

import click
import pytest

from grader.cli import cli
from reference.__main__ import main as analyse
from tests.docs.elsewhere import ELSEWHERE
from tests.docs.options import subcommands
from tests.docs.pages import PAGES, PYTHON_PAGES, commands, python, words
from tests.docs.workplace import Workplace, prepare

pytestmark = [pytest.mark.kernel, pytest.mark.long]
HERE = tuple(page for page in PAGES if page != "docs/labs.md")
"""`docs/labs.md` makes a lab of its own: `test_labs.py` runs what is there."""
RUN = [command for command in commands(*HERE) if command.line not in ELSEWHERE]


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """One folder for all of them, in the order in which a reader meets them."""
    folder = tmp_path_factory.mktemp("docs")
    return prepare(folder / "work", folder / "site", *HERE)


@pytest.mark.parametrize("command", RUN, ids=str)
def test_a_command_works(workplace: Workplace, command: object) -> None:
    """It does what it says: full marks, or marks lost, but no fault of its user's or ours."""
    line = getattr(command, "line", "")
    done = workplace.run(line)
    assert done.returncode in {0, 1}, done.stderr + done.stdout
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 0 or not re.search(r"^grade: ", done.stderr, re.MULTILINE)


@pytest.mark.parametrize("page", PYTHON_PAGES)
def test_python_of_a_page_works(workplace: Workplace, page: str) -> None:
    """The Python blocks of a page run as one script and print something."""
    script = workplace.folder / "example.py"
    script.write_text(python(page), encoding="utf-8")
    done = workplace.run("python example.py")
    assert done.returncode == 0, done.stderr + done.stdout
    assert done.stdout


@pytest.mark.parametrize("line", [c.line for c in commands(*PAGES)])
def test_a_command_is_one(line: str) -> None:
    """Its command, arguments and options are there: also where it is run by another test."""
    for part in words(line):
        parsed(part)


def parsed(part: list[str]) -> None:
    """Parse a command of ours as click does when it is given."""
    if part[:3] == ["python", "-m", "reference"]:
        analyse.make_context("reference", part[3:])
    elif part and part[0].endswith("grade"):
        command, arguments = leaf(part[1:])
        command.make_context(command.name, arguments)


def leaf(arguments: list[str]) -> tuple[click.Command, list[str]]:
    """The command that arguments are for: what is none of `grade`'s is a notebook."""
    command: click.Command = cli
    while isinstance(command, click.Group):
        word = arguments[0] if arguments else ""
        inner = subcommands(command)
        if word not in inner and command is cli:
            return inner["run"], arguments
        command, arguments = inner[word], arguments[1:]
    return command, arguments
