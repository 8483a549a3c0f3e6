"""Hidden probes: asked where they can be, and otherwise it is said why not."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.grading.session import Settings, left_out
from grader.rubric.load import RubricFile, find_rubric
from grader.sandbox.base import Forkable
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.unsandboxed import NONE
from tests.batch.stored_runs import MINI

LAB = find_rubric(None)
HERE = Settings()


@pytest.mark.parametrize(
    ("backend", "settings", "file", "why"),
    [
        (Bubblewrap(), HERE, LAB, None),
        (Bubblewrap(), HERE, MINI.file, "the reference is not here"),
        (Bubblewrap(), replace(HERE, hidden_key=Path("hidden.key")), MINI.file, None),
        (NONE, HERE, LAB, "no sandbox holds here"),
        (NONE, replace(HERE, hidden_key=Path("hidden.key")), LAB, "no sandbox holds here"),
        (NONE, replace(HERE, isolation="none"), LAB, None),
    ],
)
def test_they_are_left_out_for_a_reason(
    monkeypatch: pytest.MonkeyPatch,
    backend: Forkable,
    settings: Settings,
    file: RubricFile,
    why: str | None,
) -> None:
    """A sandbox keeps them from being seen, unless it was ruled out, and something answers them."""
    monkeypatch.setattr("grader.grading.session.chosen", lambda _settings: backend)
    found = left_out(file, settings)
    assert (
        (found is None)
        if why is None
        else (found or "").startswith(f"Hidden probes are left out: {why}")
    )
