"""Reports that are read back from JSON."""

import json
from dataclasses import replace
from typing import Any

from grader.render.json import to_json
from grader.report.model import CellError, Report
from tests.batch.stored_runs import MINI, RIGHT
from tests.builders import array

WRONG = {**RIGHT, "first": array([[5.0, 0.25], [0.125, 2.0]])}


def test_a_report_comes_back_as_it_was_written() -> None:
    """A report read back equals the report that was written, hints and cell errors included."""
    error = CellError(cell=1, ename="E", evalue="e", traceback="line 1:")
    report = replace(MINI.graded(WRONG)[1], cell_errors=(error,))
    more: Any = {"followed": True, "explanation": "Why.", "hints": ("a",), "seconds": 0.5}
    report = replace(report, verdicts=tuple(replace(v, **more) for v in report.verdicts))
    assert Report.from_dict(json.loads(to_json(report)), MINI.file.rubric) == report


def test_other_json_is_no_report() -> None:
    """JSON with a missing part, or of another kind, gives None."""
    node = MINI.graded(RIGHT)[1].to_dict()
    del node["criteria"]
    assert Report.from_dict(node, MINI.file.rubric) is None
    assert Report.from_dict({}, MINI.file.rubric) is None
