"""The report as JSON."""

import json

from grader.render.text import plain
from grader.report import Report


def to_json(report: Report) -> str:
    """The report's dictionary, indented, with a final newline."""
    return plain(json.dumps(report.to_dict(), indent=2, ensure_ascii=False)) + "\n"
