"""Write the golden files anew: ``python -m tests.integrations.gradebooks.regenerate``; then look at the diff."""

from pathlib import Path

from tests.integrations.gradebooks.rosters import GRADES, ROSTERS, export

GOLDEN = Path(__file__).parent / "golden"


def written() -> dict[str, bytes]:
    """Every gradebook's file of the same grades, by the names of files."""
    files = {f"{to}.csv": export(to, GRADES, roster).data for to, roster in ROSTERS.items()}
    files["csv_without_roster.csv"] = export("csv", GRADES, None).data
    files["nbgrader_without_roster.csv"] = export("nbgrader", GRADES, None).data
    files["canvas_new.csv"] = export(
        "canvas", GRADES, ROSTERS["canvas"], assignment="New, lab"
    ).data
    return files


if __name__ == "__main__":
    for file, data in written().items():
        (GOLDEN / file).write_bytes(data)
