"""A report that was written earlier."""

import json
from dataclasses import replace
from typing import Any

from grader.render.json import to_json
from grader.report.model import CellTrouble, past_report
from tests.batch.stored_runs import MINI, RIGHT
from tests.builders import array

WRONG = {**RIGHT, "first": array([[5.0, 0.25], [0.125, 2.0]])}


def test_a_report_comes_back_as_it_was_written() -> None:
    """What it says of a mistake, that something follows from one, where a cell broke: all of it."""
    trouble = CellTrouble(cell=1, ename="E", evalue="e", traceback="line 1:")
    report = replace(MINI.graded(WRONG)[1], troubles=(trouble,))
    more: Any = {"followed": True, "explanation": "Why.", "hints": ("a",), "seconds": 0.5}
    said = [replace(v, **more) for v in report.verdicts]
    report = replace(report, verdicts=tuple(said))
    assert past_report(json.loads(to_json(report)), MINI.file.rubric) == report


def test_what_is_no_report_is_none() -> None:
    """A part that is missing, or another thing altogether."""
    node = MINI.graded(RIGHT)[1].to_dict()
    del node["criteria"]
    assert past_report(node, MINI.file.rubric) is None
    assert past_report({}, MINI.file.rubric) is None
