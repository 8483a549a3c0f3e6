"""Sample results of every kind, with hostile text: markup, control characters and formulas."""

from datetime import UTC, datetime

from grader.integrations.results.base import Result, Ungraded, WriteContext
from tests.builders import report, verdict

HOSTILE = "</td><script>alert(1)</script>\x1b[31m\u202e=1+1\n::set-output name=x::y"
CONTEXT = WriteContext(
    grader_version="0.1.0",
    seconds=12.3456,
    finished_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    environment={
        "CLASSROOM": "mi-2026",
        "ASSIGNMENT": "lab-c3",
        "OWNER": "ann",
        "SUBMISSION_TAG": "v1",
    },
)
GRADED = report(
    verdict(),
    verdict(
        id="scores_shifted",
        title="Scores on a model of another shape",
        outcome="partial",
        points=2.5,
        max_points=7.5,
        misconception="target_not_shifted",
        feedback=f"L6H1: you 0.0005, expected about 0.98. {HOSTILE}",
        hints=("Which token would a head see there?", "Count.", "pos - seq_len + 1"),
    ),
    verdict(
        id="ablation",
        function="ablate_heads",
        title="Zero ablation",
        outcome="errored",
        points=0.0,
        feedback=f"ValueError: {HOSTILE}",
    ),
    verdict(
        id="hidden_shape",
        function="ablate_heads",
        title="A hidden model",
        outcome="failed",
        points=0.0,
        max_points=5.0,
        feedback="SECRET: 7 layers of 5 heads",
        visibility="hidden",
    ),
    verdict(
        id="exercise",
        function=None,
        title="Exercise 1",
        outcome="not_attempted",
        points=0.0,
        max_points=2.0,
    ),
    verdict(
        id="challenge", function=None, title="Challenge", points=5.0, max_points=5.0, bonus=True
    ),
    notes=("The notebook names no kernel; it was run with Python 3.",),
)
FULL = report(verdict(), verdict(id="more", bonus=True, points=5.0, max_points=5.0))
UNGRADABLE = Ungraded(reason=f"nb.ipynb is empty: save it again. {HOSTILE}", total=34.5)
FAILED = Ungraded(reason="no kernel could be started", grader_fault=True, total=34.5)
RESULTS: dict[str, Result] = {
    "graded": GRADED,
    "full": FULL,
    "ungradable": UNGRADABLE,
    "failed": FAILED,
}
