"""A report that was written earlier, read back as the machine found it."""

from collections.abc import Mapping
from typing import Any

from grader.report import CellTrouble, Report, Verdict
from grader.rubric import Rubric


def past_report(node: Mapping[str, Any], rubric: Rubric) -> Report | None:
    """The report that `Report.to_dict` gave; None where a part of it is missing.

    Args:
        node: The JSON.
        rubric: The one it was graded by.
    """
    try:
        submission, noted = node["submission"], node["notebook"]
        return Report(
            status=node["status"],
            name=submission["name"],
            sha256=submission["sha256"],
            student=submission["student"],
            lab=node["rubric"]["lab"],
            lab_title=rubric.title,
            rubric_version=node["rubric"]["version"],
            rubric_sha256=node["rubric"]["sha256"],
            total=float(node["max_score"]),
            verdicts=tuple(_verdict(one) for one in node["criteria"]),
            cells=noted["cells"],
            seconds=float(noted["seconds"]),
            troubles=tuple(CellTrouble(**trouble) for trouble in noted["errors"]),
            notes=tuple(node["notes"]),
            environment=node["environment"],
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _verdict(node: Mapping[str, Any]) -> Verdict:
    """The machine's, where an instructor has set another."""
    found = node.get("override", {}).get("machine", node)
    kept = {name: found[name] for name in found if name not in {"hint", "hints", "override"}}
    return Verdict(**kept, hints=tuple(found["hints"]))
