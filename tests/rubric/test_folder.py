"""Rubrics that are folders: `rubric.yaml` for instructors, `probes.yaml` for answer keys."""

from pathlib import Path

import pytest

from grader.errors import RubricError
from grader.rubric.load import load_rubric, parse_rubric
from tests.builders import MINI_RUBRIC

PROBES_KEYS = ("models", "reference", "probes", "  scores: {", "  shape: {", "variants", "  corr")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The mini rubric, split into the two files of a folder."""
    lines = MINI_RUBRIC.splitlines(keepends=True)
    probes = [line for line in lines if line.startswith((*PROBES_KEYS, "  as_printed"))]
    (tmp_path / "probes.yaml").write_text("".join(probes))
    (tmp_path / "rubric.yaml").write_text("".join(line for line in lines if line not in probes))
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    """Replace text in a file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def problems(folder: Path) -> list[str]:
    """Return the problems of a folder's rubric, line by line."""
    with pytest.raises(RubricError) as caught:
        load_rubric(folder)
    return str(caught.value).splitlines()


@pytest.mark.parametrize("name", ["", "rubric.yaml", "probes.yaml"])
def test_a_folder_is_the_same_rubric_as_one_file(folder: Path, name: str) -> None:
    """A folder, or either of its files, gives the rubric that one file with all sections gives."""
    one = parse_rubric(MINI_RUBRIC, name="mini.yaml")
    file = load_rubric(folder / name)
    assert file.rubric == one.rubric
    assert file.probing_sha256 == one.probing_sha256
    assert file.name == str(folder)


def test_a_rubric_file_without_a_probes_file_is_one_file(tmp_path: Path) -> None:
    """A single file may be called `rubric.yaml`."""
    (tmp_path / "rubric.yaml").write_text(MINI_RUBRIC)
    assert load_rubric(tmp_path / "rubric.yaml").rubric.lab == "mini"


def test_the_digest_covers_both_files(folder: Path) -> None:
    """A change of either file gives another digest; only one of them needs another key."""
    before = load_rubric(folder)
    change(folder / "rubric.yaml", "hint: Mind", "hint: Do mind")
    reworded = load_rubric(folder)
    change(folder / "probes.yaml", "planted-4x3", "planted-4x3@1")
    other_model = load_rubric(folder)
    assert len({before.sha256, reworded.sha256, other_model.sha256}) == 3
    assert before.probing_sha256 == reworded.probing_sha256 != other_model.probing_sha256


def test_problems_name_their_file(folder: Path) -> None:
    """Problems of both files are listed, each with its file and its line."""
    change(folder / "rubric.yaml", "weight: 3", "weight: 0")
    change(folder / "probes.yaml", "source: printed", "source: 3")
    first, second = problems(folder)
    assert first.startswith(f"{folder}/rubric.yaml:20: functions.compute_induction_scores.criteria")
    assert second.startswith(f"{folder}/probes.yaml:8: variants.as_printed.source: Input should be")


def test_contradictions_between_the_files_name_the_file(folder: Path) -> None:
    """A check of a probe that does not exist is a problem of the file with the check."""
    change(folder / "probes.yaml", "  shape: {", "  chape: {")
    (line,) = problems(folder)
    assert line.startswith(f"{folder}/rubric.yaml:21: ")
    assert line.endswith("no probe is named 'shape'")


def test_a_section_in_the_wrong_file_is_a_problem(folder: Path) -> None:
    """Each section has its file, so that `rubric.yaml` never makes a key stale."""
    change(folder / "rubric.yaml", "lab: mini", "lab: mini\nhidden: {}")
    change(folder / "probes.yaml", "models:", "limits: {}\nmodels:")
    assert problems(folder) == [
        f"{folder}/rubric.yaml:2: hidden: this section belongs in probes.yaml",
        f"{folder}/probes.yaml:1: limits: this section belongs in rubric.yaml",
    ]


def test_an_absent_section_is_a_problem_of_its_file(folder: Path) -> None:
    """The file that should have a required section is named."""
    change(folder / "probes.yaml", "models: {grading: planted-4x3}\n", "")
    assert f"{folder}/probes.yaml:1: models: Field required" in problems(folder)
