"""The Python API: its names, its types at run time, its results and its errors."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import grader
from grader import GraderError, Report, grade_folder, grade_notebook, load_rubric
from grader.errors import AnswerKeyError, RubricError, SubmissionError
from tests.attacks.traces import RUBRIC
from tests.notebooks import LOAD, SEQUENCES, write

WRONG = "def compute_k_composition(*_):\n    return 0.0"


def test_every_name_is_exported_once() -> None:
    """`__all__`, `dir` and attributes agree, and an unknown name is an AttributeError."""
    assert set(grader.__all__) <= set(dir(grader))
    assert all(getattr(grader, name).__name__ == name for name in grader.__all__)
    with pytest.raises(AttributeError, match="no attribute 'grade_everything'"):
        grader.grade_everything  # type: ignore[attr-defined]  # noqa: B018


def test_a_name_loads_what_it_needs_and_no_more() -> None:
    """`GraderError` alone loads neither click, numpy nor pydantic."""
    code = (
        "import sys\nfrom grader import GraderError\n"
        "print({'torch', 'numpy', 'pydantic', 'rich', 'click'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_rubric_is_loaded_by_name_or_path() -> None:
    """A lab's name, a string and a path give the same rubric; by default it is the lab's."""
    assert load_rubric() == load_rubric("induction_heads")
    assert load_rubric(str(RUBRIC)) == load_rubric(RUBRIC)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"path": "none.ipynb"}, SubmissionError, "No such file"),
        ({"path": "none.ipynb", "rubric": "no_such_lab"}, RubricError, "No lab is named"),
        ({"path": "none.ipynb", "only": "nothing"}, RubricError, "No criterion is about"),
        ({"path": "none.ipynb", "key": "none.key"}, AnswerKeyError, "Cannot read the key"),
    ],
)
def test_errors_are_one_line(
    arguments: dict[str, str], error: type[GraderError], message: str
) -> None:
    """Every failure is a GraderError of the fitting class, with one clear line."""
    with pytest.raises(GraderError, match=message) as raised:
        grade_notebook(**arguments, sandbox="none")  # type: ignore[arg-type]  # as typed above
    assert type(raised.value) is error
    assert "\n" not in str(raised.value)


def test_a_folder_without_submissions_is_an_error(tmp_path: Path) -> None:
    """An empty folder raises, and writes no gradebook."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(GraderError):
        grade_folder(tmp_path / "empty", output=tmp_path / "results", hidden=False)
    assert not (tmp_path / "results" / "gradebook.csv").exists()


@pytest.mark.kernel
def test_a_notebook_is_graded_as_by_the_command_line(tmp_path: Path) -> None:
    """`grade_notebook` returns the report that `grade --json` writes."""
    path = write(tmp_path / "nb.ipynb", [LOAD, SEQUENCES, WRONG])
    report = grade_notebook(str(path), rubric=str(RUBRIC), device="cpu")
    assert isinstance(report, Report)
    wrong = next(v for v in report.verdicts if v.id == "k_composition")
    assert wrong.outcome == "failed"
    assert wrong.feedback
    output = tmp_path / "report.json"
    command = [sys.executable, "-m", "grader", str(path), "--rubric", str(RUBRIC)]
    subprocess.run([*command, "--device", "cpu", "--json", str(output)], check=False)
    written = json.loads(output.read_text(encoding="utf-8"))
    returned = json.loads(json.dumps(report.to_dict()))
    assert report.score == written["score"]
    for node in (written, returned):
        node["notebook"].pop("seconds")
        for criterion in node["criteria"]:
            criterion.pop("seconds")
    assert returned == written


@pytest.mark.kernel
def test_a_folder_is_graded_into_rows_and_results(tmp_path: Path) -> None:
    """`grade_folder` returns a row per student and writes a results folder; new files are added."""
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "ann.ipynb", [LOAD, SEQUENCES])
    (tmp_path / "in" / "bob.ipynb").write_text("not JSON")
    results = tmp_path / "results"
    rows = grade_folder(tmp_path / "in", output=results, rubric=RUBRIC, device="cpu", jobs=1)
    ann, bob = rows
    assert (ann.student, ann.state, bob.student, bob.state) == (
        "ann",
        "graded",
        "bob",
        "ungradable",
    )
    assert ann.report is not None
    assert ann.final_score == ann.report.score > 0
    assert (bob.report, bob.final_score) == (None, None)
    assert (results / "gradebook.csv").is_file()
    again = grade_folder(tmp_path / "in", output=results, rubric=RUBRIC, device="cpu", jobs=1)
    assert again == rows
