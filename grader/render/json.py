"""The report as JSON."""

import json

from grader.render.escape import in_json
from grader.report.model import Report


def to_json(report: Report) -> str:
    """The report's dictionary, indented, with a final newline; harmless to print and to embed."""
    return in_json(json.dumps(report.to_dict(), indent=2, ensure_ascii=False)) + "\n"
