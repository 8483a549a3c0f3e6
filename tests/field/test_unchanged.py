"""The notebook that all cases change is right as it stands."""

from pathlib import Path

import pytest

from tests.field.grading import check_case, field_session, grade_case
from tests.field.notebook import Cases, Notebook

pytestmark = pytest.mark.kernel

CASES = Cases()


@CASES.add(why="nothing is changed", never_says=("Errors", "Notes"))
def unchanged() -> Notebook:
    """Return the notebook as it is."""
    return Notebook()


def test_the_unchanged_notebook_has_its_points(tmp_path: Path) -> None:
    """The right notebook earns everything but its blank exercises."""
    case = CASES.all["unchanged"]
    with field_session() as session:
        check_case(case, grade_case(case, session, tmp_path))
