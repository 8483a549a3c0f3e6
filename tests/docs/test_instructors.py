"""docs/instructors.md: its files of rules are read, and it names all that may stand in them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.batch.gradebook import STATES
from grader.batch.policy.late_policy import LatePolicy, lateness, read_late_policy
from grader.batch.policy.overrides import OverrideEntry, read_overrides
from grader.rubric.load import load_rubric
from tests.docs.pages import text
from tests.docs.workplace import write_files

PAGE = "docs/instructors.md"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """The results folder, with the page's files in it."""
    write_files(tmp_path, PAGE)
    return tmp_path / "results"


def test_the_overrides_fit_the_lab(results: Path) -> None:
    """They are read against the lab's own rubric, and each has an effect."""
    overrides = read_overrides(results / "overrides.yaml", load_rubric(None).rubric)
    assert overrides.warnings == ()
    assert [(o.student, o.points) for o in overrides.entries] == [("ann", 7), ("1002", 3.5)]


def test_the_late_policy_does_what_its_comments_say(results: Path) -> None:
    """Grace, a tenth a started day, at least 40 % of what was earned, nothing after two weeks."""
    policy = read_late_policy(results / "late.yaml")
    due = datetime(2026, 3, 1, 22, 59, tzinfo=UTC)
    late = [
        lateness(due + timedelta(minutes=minutes), policy, student="bob").final_score(80, 100)
        for minutes in (15, 16, 24 * 60, 10 * 24 * 60, 15 * 24 * 60)
    ]
    assert late == [80, 70, 70, 32, 0]
    assert policy.deadline("ann") == due + timedelta(days=3)
    assert policy.deadline("1002") == datetime(2026, 3, 8, 22, 59, tzinfo=UTC)


@pytest.mark.parametrize("key", [*OverrideEntry.model_fields, *LatePolicy.model_fields])
def test_every_key_is_named(key: str) -> None:
    """Whatever may stand in one of the two files is in an example."""
    assert f"{key}:" in text(PAGE)


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_explained(state: str) -> None:
    """Each state that a submission ends in has a row."""
    assert f"| {state} |" in text(PAGE)
