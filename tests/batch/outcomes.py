"""Reads a results folder in a form that can be compared."""

import csv
import json
from pathlib import Path
from typing import Any

from tests.notebooks import timeless


def reports(results: Path) -> dict[str, Any]:
    """Return all reports without times, by folder name."""
    return {
        path.parent.name: timeless(json.loads(path.read_text()))
        for path in results.glob("*/report.json")
    }


def scores(results: Path) -> dict[str, tuple[str, str]]:
    """Return each student's state and score from the gradebook."""
    with (results / "gradebook.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))[1:]
    return {row["student"]: (row["state"], row["score"]) for row in rows}
