"""What a results folder says, in a form that compares."""

import csv
import json
from pathlib import Path
from typing import Any

from tests.notebooks import timeless


def reports(results: Path) -> dict[str, Any]:
    """All reports, by the names of their folders, seconds left out."""
    return {
        path.parent.name: timeless(json.loads(path.read_text()))
        for path in results.glob("*/report.json")
    }


def scores(results: Path) -> dict[str, tuple[str, str]]:
    """State and score, by student, out of the gradebook."""
    with (results / "gradebook.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))[1:]
    return {row["student"]: (row["state"], row["score"]) for row in rows}
