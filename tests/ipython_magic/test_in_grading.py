"""A notebook with `%grade` in it is graded as if the lines were not there."""

from pathlib import Path

import pytest

from grader.grading.pipeline import grade
from grader.grading.session import Settings
from grader.report.model import Report
from grader.rubric.load import find_rubric
from grader.sandbox.select import Level
from tests.notebooks import LOAD, SEQUENCES, timeless, write

pytestmark = pytest.mark.kernel

ACCURACY = """
def test_induction_accuracy(model, seq_len=20, n_tests=5):
    return 0.5
"""
PLAIN = [LOAD, SEQUENCES, "drawn = torch.rand(1)", ACCURACY]
CHECKED = [
    f"%load_ext grader\n{LOAD}",
    f"{SEQUENCES}\n%grade create_repeated_sequence --hint 3\n",
    "checked = %grade\nassert checked is None\ndrawn = torch.rand(1)",
    f"{ACCURACY}%reload_ext grader\n%grade no such thing",
]
LEFT_OUT = [
    "%grade\nimport grader; assert not [m for m in __import__('sys').modules if '.live' in m]"
]


def report(path: Path, isolation: Level) -> Report:
    """Grade as `grade` does, in some isolation."""
    settings = Settings(
        device="cpu",
        isolation=isolation,
        only="create_repeated_sequence",
    )
    return grade(path, find_rubric(None), settings)


@pytest.mark.parametrize("isolation", ["auto", "none"])
def test_grading_is_the_same_with_and_without_the_lines(tmp_path: Path, isolation: Level) -> None:
    """No error, no point more or less, nothing drawn: in a sandbox and outside of one."""
    plain = report(write(tmp_path / "plain.ipynb", PLAIN), isolation)
    checked = report(write(tmp_path / "checked.ipynb", [*CHECKED, *LEFT_OUT]), isolation)
    assert checked.troubles == ()
    assert [timeless(v.to_dict()) for v in checked.verdicts] == [
        timeless(v.to_dict()) for v in plain.verdicts
    ]
    assert checked.score == plain.score == 8


def test_a_kernel_that_never_loaded_it_has_it(tmp_path: Path) -> None:
    """Where a cell's definitions alone are replayed, `%grade` further down is no error."""
    cells = [SEQUENCES, "%grade create_repeated_sequence\nran = True"]
    assert report(write(tmp_path / "x.ipynb", cells), "auto").troubles == ()
