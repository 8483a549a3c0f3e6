"""The command line without a kernel: help, usage errors and messages."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from grader.cli import cli
from grader.cli.main import COMMANDS
from grader.cli.options import BATCH, GRADING, OUTPUT, SANDBOX
from tests.builders import MINI_RUBRIC
from tests.text_files import written


def grade(*arguments: object, folder: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Run `grade` in a process of its own."""
    code = "from grader.cli import main; main()"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_help_lists_the_commands() -> None:
    """`grade --help` succeeds, and lists the commands and the options of grading in sections."""
    done = grade("--help")
    assert done.returncode == 0
    assert all(f"\n  {name} " in done.stdout for name in COMMANDS)
    assert all(f"\n{title}:\n" in done.stdout for title in (GRADING, OUTPUT, BATCH, SANDBOX))
    assert "--min-similarity" not in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_of_a_command_is_its_own_help(name: str) -> None:
    """The lines that `grade --help` shows without importing commands are the commands' own."""
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name
    assert COMMANDS[name] == command.get_short_help_str(limit=200)


@pytest.mark.parametrize("arguments", [["run", "--help"], ["x.ipynb", "--help"]])
def test_run_may_be_left_out(arguments: list[str]) -> None:
    """`grade NOTEBOOK` is `grade run NOTEBOOK`, whose help has the same sections."""
    done = grade(*arguments)
    assert done.returncode == 0
    assert "run [OPTIONS] NOTEBOOK" in done.stdout
    assert f"\n{SANDBOX}:\n" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--bogus"],
        ["nb.ipynb", "--bogus"],
        ["nb.ipynb", "--device", "tpu"],
        ["key", "bogus"],
        ["run"],
    ],
)
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    """Unknown options, values and commands, and missing arguments, are usage errors."""
    done = grade(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Error: " in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [".", "--watch", "-o", "results"],
        [".", "--open", "-o", "results"],
        ["nb.ipynb", "--watch", "--format", "junit"],
        ["nb.ipynb", "--watch", "-o", "results"],
        ["course.zip", "--watch"],
        ["nb.ipynb", "--hints", "4"],
    ],
)
def test_options_that_do_not_go_together_are_2(arguments: list[str]) -> None:
    """Options that contradict each other are a usage error of one line, and nothing is run."""
    done = grade(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1
    assert arguments[1] in errors[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file or directory"),
        (b"", "is empty"),
        (b"{}", "is JSON but not a notebook"),
        (b"\x80\x02}q\x00.", "is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_graded_is_2(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    """An unusable file is one line on standard error, without a traceback."""
    path = tmp_path / "nb.ipynb"
    if content is not None:
        path.write_bytes(content)
    done = grade(path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("grade: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


def test_control_characters_in_file_names_are_escaped(tmp_path: Path) -> None:
    """Escape sequences in a file name do not reach the terminal."""
    done = grade(tmp_path / "nb\x1b[2J.ipynb")
    assert r"nb\u001b[2J.ipynb" in done.stderr


def test_a_bad_rubric_is_2(tmp_path: Path) -> None:
    """Mistakes of the rubric are listed with their lines before a notebook is opened."""
    rubric = written(tmp_path, MINI_RUBRIC.replace("total: 10", "total: ten"), "mini.yaml")
    done = grade(tmp_path / "none.ipynb", "--rubric", rubric)
    assert done.returncode == 2
    assert "mini.yaml:4: total:" in done.stderr


def test_a_selection_of_nothing_is_2(tmp_path: Path) -> None:
    """An unknown name after `--only` lists the known ones."""
    done = grade(tmp_path / "none.ipynb", "--only", "nonsense")
    assert done.returncode == 2
    assert "No criterion is about 'nonsense': choose" in done.stderr


def test_the_template_is_written_once(tmp_path: Path) -> None:
    """An existing notebook is never overwritten, since it may hold somebody's work."""
    assert grade("template", folder=tmp_path).returncode == 0
    path = tmp_path / "induction_heads.ipynb"
    path.write_text("my work", encoding="utf-8")
    done = grade("template", folder=tmp_path)
    assert done.returncode != 0
    assert "exists already and may hold your work" in done.stderr
    assert path.read_text(encoding="utf-8") == "my work"


def test_the_worked_solution_has_a_name_of_its_own(tmp_path: Path) -> None:
    """The solution does not overwrite the template, and excludes `--example`."""
    assert grade("template", folder=tmp_path).returncode == 0
    done = grade("template", "--solution", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "induction_heads_solution.ipynb").is_file()
    assert grade("template", "--solution", "--example", folder=tmp_path).returncode == 2


def test_the_version_is_the_packages() -> None:
    """`--version` prints the program's name and version."""
    done = grade("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("grade, version ")
