"""Renders the report as JSON."""

import json

from grader.files.escape import escape_json
from grader.report.model import Report


def to_json(report: Report) -> str:
    """Render the report as indented JSON that is safe to print and to embed in a page."""
    return escape_json(json.dumps(report.to_dict(), indent=2, ensure_ascii=False)) + "\n"
