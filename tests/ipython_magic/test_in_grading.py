"""A notebook with `%grade` in it is graded as if those lines were absent."""

from pathlib import Path

import pytest

from grader.grading.pipeline import grade_notebook
from grader.report.model import Report
from grader.sandbox.select import IsolationLevel
from tests.notebooks import LOAD, SEQUENCES, timeless, write

pytestmark = pytest.mark.kernel

ACCURACY = """
def test_induction_accuracy(model, seq_len=20, n_tests=5):
    return 0.5
"""
PLAIN = [LOAD, SEQUENCES, "drawn = torch.rand(1)", ACCURACY]
CHECKED = [
    f"%load_ext grader\n{LOAD}",
    f"{SEQUENCES}\n%grade create_repeated_sequence --hints 3\n",
    "checked = %grade\nassert checked is None\ndrawn = torch.rand(1)",
    f"{ACCURACY}%reload_ext grader\n%grade no such thing",
]
LEFT_OUT = ["%grade\nimport grader; import sys\nassert 'grader.ipython_magic' not in sys.modules"]


def report(path: Path, isolation: IsolationLevel) -> Report:
    """Grade a notebook in some sandbox."""
    only = "create_repeated_sequence"
    return grade_notebook(path, device="cpu", sandbox=isolation, only=only)


@pytest.mark.parametrize("isolation", ["auto", "none"])
def test_grading_is_the_same_with_and_without_the_lines(
    tmp_path: Path, isolation: IsolationLevel
) -> None:
    """Errors, points and random numbers are unaffected, with and without a sandbox."""
    plain = report(write(tmp_path / "plain.ipynb", PLAIN), isolation)
    checked = report(write(tmp_path / "checked.ipynb", [*CHECKED, *LEFT_OUT]), isolation)
    assert checked.cell_errors == ()
    assert [timeless(v.to_dict()) for v in checked.verdicts] == [
        timeless(v.to_dict()) for v in plain.verdicts
    ]
    assert checked.score == plain.score == 8


def test_the_magic_exists_without_loading_it(tmp_path: Path) -> None:
    """`%grade` is no error in a kernel that has not run `%load_ext grader`."""
    cells = [SEQUENCES, "%grade create_repeated_sequence\nran = True"]
    assert report(write(tmp_path / "x.ipynb", cells), "auto").cell_errors == ()
