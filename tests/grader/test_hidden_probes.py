"""Hidden probes: asked where they can be, and otherwise it is said why not."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.isolation.bubblewrap import Bubblewrap
from grader.isolation.none import NONE
from grader.isolation.sandbox import Forkable
from grader.rubric_file import RubricFile, find_rubric
from grader.sitting import Settings, left_out
from tests.batch.made import MINI

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
    monkeypatch.setattr("grader.sitting.chosen", lambda _settings: backend)
    found = left_out(file, settings)
    assert (
        (found is None)
        if why is None
        else (found or "").startswith(f"Hidden probes are left out: {why}")
    )
