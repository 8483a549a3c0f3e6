"""docs/labs.md: the lab that it makes is made from its own blocks, and grades."""

import json
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.docs.elsewhere import ELSEWHERE
from tests.docs.pages import commands
from tests.docs.workplace import Workplace, environment, write_files
from tests.notebooks import code_cell

pytestmark = [pytest.mark.kernel, pytest.mark.long]
PAGE = "docs/labs.md"
STEM = "attention_entropy"
SAYS = {
    f"grade {STEM}.ipynb --rubric {STEM}": "Score 0 / 10",
    f"grade wrong.ipynb --rubric {STEM}": "Your entropy is in bits.",
    f"grade right.ipynb --rubric {STEM} --full": "Score 10 / 10",
    f"grade key verify --rubric {STEM}": "agrees with the reference on all 2 probes",
    f"grade rubric check {STEM} --model-sets 1 -o margins.md": "all hold",
}
"""Text that some commands print."""


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """The page's files in a folder, as if they were installed from there."""
    folder = tmp_path_factory.mktemp("lab")
    write_files(folder, PAGE)
    install(folder)
    for name in ("right", "wrong"):
        fill_in(folder, name)
    return Workplace(folder, environment(folder))


def install(folder: Path) -> None:
    """Write the metadata that pip installs: name, version and entry points."""
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    about = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    lines = []
    for group, points in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    (about / "entry_points.txt").write_text("\n".join(lines) + "\n")


def fill_in(folder: Path, name: str) -> None:
    """The template with an answer from the page in place of its stub."""
    template = json.loads((folder / "attention_lab" / f"{STEM}.ipynb").read_text(encoding="utf-8"))
    answer = (folder / f"{name}.py").read_text(encoding="utf-8")
    cells = [*template["cells"][:-1], code_cell(answer, len(template["cells"]))]
    (folder / f"{name}.ipynb").write_text(json.dumps({**template, "cells": cells}))


def test_the_lab_is_found_by_its_name(workplace: Workplace) -> None:
    """An entry point is enough; what is graded where no lab is named stays the grader's own."""
    assert workplace.run(f"grade rubric show {STEM}").returncode == 0
    assert "Induction Head Analysis" in workplace.run("grade rubric show").stdout


@pytest.mark.parametrize("line", [c.line for c in commands(PAGE) if c.line not in ELSEWHERE])
def test_a_command_works(workplace: Workplace, line: str) -> None:
    """It ends well, and says what the page says."""
    done = workplace.run(line)
    assert done.returncode in {0, 1}, done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    assert SAYS.get(line, "") in " ".join(done.stdout.split()), done.stdout


def test_students_get_the_lab_without_its_answers(workplace: Workplace, tmp_path: Path) -> None:
    """Their grader means this lab if none is named, has its key, and no line of its reference."""
    zipfile.ZipFile(workplace.folder / "lab.zip").extractall(tmp_path)
    zipfile.ZipFile(next(tmp_path.glob("*.whl"))).extractall(tmp_path)
    shown = Workplace(tmp_path, environment(tmp_path)).run("grade rubric show")
    assert "The entropy of attention" in shown.stdout, shown.stderr
    assert (tmp_path / "rubrics" / "keys" / f"{STEM}.key").is_file()
    assert (tmp_path / f"{STEM}.ipynb").is_file()
    assert not list(tmp_path.rglob("attention_lab*"))
