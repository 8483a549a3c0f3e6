"""Hidden probes are skipped for a reason that is reported."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.grading.session import Settings, why_hidden_skipped
from grader.rubric.load import RubricFile, load_rubric
from grader.sandbox.base import ForkableBackend
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.unsandboxed import UNSANDBOXED
from tests.batch.stored_runs import MINI

LAB = load_rubric(None)
HERE = Settings()


@pytest.mark.parametrize(
    ("backend", "settings", "file", "why"),
    [
        (Bubblewrap(), HERE, LAB, None),
        (Bubblewrap(), HERE, MINI.file, "the reference is not installed here"),
        (Bubblewrap(), replace(HERE, hidden_key=Path("hidden.key")), MINI.file, None),
        (UNSANDBOXED, HERE, LAB, "no sandbox works here"),
        (UNSANDBOXED, replace(HERE, hidden_key=Path("hidden.key")), LAB, "no sandbox works here"),
        (UNSANDBOXED, replace(HERE, isolation="none"), LAB, None),
    ],
)
def test_hidden_probes_are_skipped_for_a_reason(
    monkeypatch: pytest.MonkeyPatch,
    backend: ForkableBackend,
    settings: Settings,
    file: RubricFile,
    why: str | None,
) -> None:
    """Hidden probes need a sandbox, unless isolation is off, and a key or the reference."""
    monkeypatch.setattr("grader.grading.session.select_backend", lambda _settings: backend)
    reason = why_hidden_skipped(file, settings)
    assert (
        (reason is None)
        if why is None
        else (reason or "").startswith(f"Hidden probes are skipped: {why}")
    )
