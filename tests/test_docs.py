"""README, command line and rubric cannot drift apart."""

import re
from pathlib import Path
from typing import get_args

import click
import pytest

from grader.checks import Check
from grader.cli import cli, run
from grader.errors import GraderError, KernelError, RubricError, SubmissionError
from grader.rubric_file import find_rubric

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPTIONS = [o.opts[-1] for o in run.params if isinstance(o, click.Option)]
KINDS = [get_args(kind.model_fields["kind"].annotation)[0] for kind in get_args(get_args(Check)[0])]


@pytest.mark.parametrize("option", OPTIONS)
def test_readme_names_every_option(option: str) -> None:
    """Every option of `grade NOTEBOOK` is in the README."""
    assert f"`{option}" in README


@pytest.mark.parametrize("command", sorted(set(cli.commands) - {"run"}))
def test_readme_names_every_command(command: str) -> None:
    """Every command of `grade` is in the README."""
    assert re.search(rf"^grade {command}\b", README, re.MULTILINE)


@pytest.mark.parametrize("kind", KINDS)
def test_every_check_kind_is_documented_and_used(kind: str) -> None:
    """Every check kind is in the README, and the rubric shows it at work."""
    rubric = (ROOT / "rubrics" / "induction_heads.yaml").read_text(encoding="utf-8")
    assert f"`{kind}`" in README
    assert f"kind: {kind}," in rubric


def test_every_known_answer_is_in_the_table_of_margins() -> None:
    """The page of margins was made after the last variant or mistake came in, and all held."""
    page = (ROOT / "docs" / "margins.md").read_text(encoding="utf-8")
    rubric = find_rubric(None).rubric
    names = [a.name for a in (*rubric.mistakes, *rubric.variants) if a.source or a.instead]
    assert [name for name in names if f"| {name} |" not in page] == []
    assert "all hold" in page
    variants = sum(1 for variant in rubric.variants if not variant.is_own)
    assert f"{variants} variants and {len(rubric.mistakes)} mistakes in 6 worlds" in page
    assert f"{variants} right solutions and {len(rubric.mistakes)} wrong ones" in README


def test_exit_codes_are_the_documented_ones() -> None:
    """2 is the file's or the rubric's fault, 3 is the grader's own side; README says so."""
    assert (SubmissionError.exit_code, RubricError.exit_code) == (2, 2)
    assert (KernelError.exit_code, GraderError.exit_code) == (3, 3)
    assert all(f"| {code} |" in README for code in range(4))


def test_constraints_pin_every_dependency() -> None:
    """Whatever the project needs has a tested version in the constraints file."""
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower().replace("_", "-")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    needed = re.findall(r'^    "([A-Za-z0-9_-]+)>=', project, re.MULTILINE)
    assert len(needed) > 20
    assert [n for n in needed if f"\n{n.lower().replace('_', '-')}==" not in pins] == []
