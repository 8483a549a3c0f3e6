"""Regenerate the golden files; review the diff afterwards.

Usage: ``python -m tests.integrations.gradebooks.regenerate``
"""

from pathlib import Path

from tests.integrations.gradebooks.rosters import GRADES, ROSTERS, export

GOLDEN = Path(__file__).parent / "golden"


def golden_files() -> dict[str, bytes]:
    """Return every gradebook's file of the same grades, by file name."""
    files = {f"{to}.csv": export(to, GRADES, roster).data for to, roster in ROSTERS.items()}
    files["csv_without_roster.csv"] = export("csv", GRADES, None).data
    files["nbgrader_without_roster.csv"] = export("nbgrader", GRADES, None).data
    files["canvas_new.csv"] = export(
        "canvas", GRADES, ROSTERS["canvas"], assignment="New, lab"
    ).data
    return files


if __name__ == "__main__":
    for file, data in golden_files().items():
        (GOLDEN / file).write_bytes(data)
