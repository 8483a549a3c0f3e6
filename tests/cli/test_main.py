"""The command line, as far as it goes without a kernel."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import MINI_RUBRIC
from tests.text_files import written


def grade(*arguments: object, folder: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Run `grade` as a user does."""
    code = "from grader.cli import main; main()"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_help_lists_the_commands() -> None:
    """Asking for help is no error, and it says which commands there are."""
    done = grade("--help")
    assert done.returncode == 0
    assert all(f"\n  {name} " in done.stdout for name in ("doctor", "key", "run", "template"))


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
    """An unknown option, value or command, or one too few, is said on standard error."""
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
        ["nb.ipynb", "--hint", "4"],
    ],
)
def test_options_that_do_not_go_together_are_2(arguments: list[str]) -> None:
    """Watching is for one notebook and a person who reads: said in one line, nothing is run."""
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
    """One line on standard error, nothing on standard output, and no traceback."""
    path = tmp_path / "nb.ipynb"
    if content is not None:
        path.write_bytes(content)
    done = grade(path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("grade: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


def test_a_file_name_gives_the_terminal_no_orders(tmp_path: Path) -> None:
    """Escape sequences in a name are shown, not obeyed."""
    done = grade(tmp_path / "nb\x1b[2J.ipynb")
    assert r"nb\u001b[2J.ipynb" in done.stderr


def test_a_bad_rubric_is_2(tmp_path: Path) -> None:
    """Every mistake of the rubric, with its line, and no notebook is opened."""
    rubric = written(tmp_path, MINI_RUBRIC.replace("total: 10", "total: ten"), "mini.yaml")
    done = grade(tmp_path / "none.ipynb", "--rubric", rubric)
    assert done.returncode == 2
    assert "mini.yaml:4: total:" in done.stderr


def test_a_selection_of_nothing_is_2(tmp_path: Path) -> None:
    """`--only` something that is not there says what there is."""
    done = grade(tmp_path / "none.ipynb", "--only", "nonsense")
    assert done.returncode == 2
    assert "No criterion is about 'nonsense': choose" in done.stderr


def test_the_template_is_written_once(tmp_path: Path) -> None:
    """A notebook of that name is never overwritten: it may hold somebody's work."""
    assert grade("template", folder=tmp_path).returncode == 0
    path = tmp_path / "induction_heads.ipynb"
    path.write_text("my work", encoding="utf-8")
    done = grade("template", folder=tmp_path)
    assert done.returncode != 0
    assert "is there already: it may hold your work" in done.stderr
    assert path.read_text(encoding="utf-8") == "my work"


def test_the_worked_solution_has_a_name_of_its_own(tmp_path: Path) -> None:
    """It lies beside a template and takes nobody's place; it is not an example at once."""
    assert grade("template", folder=tmp_path).returncode == 0
    done = grade("template", "--solution", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "induction_heads_solution.ipynb").is_file()
    assert grade("template", "--solution", "--example", folder=tmp_path).returncode == 2


def test_the_version_is_the_packages() -> None:
    """`--version` names the program and its version."""
    done = grade("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("grade, version ")
