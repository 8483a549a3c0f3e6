"""A sitting that travels: what a worker opens grades as the one that was packed."""

from dataclasses import replace

import pytest

from grader.answer_key.file import key_bytes
from grader.batch.dask_worker import opened, packed
from grader.errors import GraderError
from grader.grading.session import Settings
from grader.rubric.load import find_rubric
from tests.batch.stored_runs import MINI

SITTING = MINI.sitting


def test_a_sitting_comes_out_as_it_went_in() -> None:
    """Rubric, key, seed and settings, of the mini lab and of the real one."""
    lab = replace(SITTING, file=find_rubric(None), seed=7, share=0.25)
    for sitting in (SITTING, lab):
        found = opened(packed(sitting))
        assert found.file == sitting.file
        assert key_bytes(found.key) == key_bytes(sitting.key)
        assert (found.seed, found.share) == (sitting.seed, sitting.share)
        assert found.settings == sitting.settings


@pytest.mark.parametrize(
    ("asked", "on_workers"),
    [("auto", "strict"), ("strict", "strict"), ("none", "none")],
)
def test_workers_go_without_a_sandbox_only_when_told(asked: str, on_workers: str) -> None:
    """Where the instructor's own machine would take what holds, a worker refuses."""
    settings: Settings = replace(SITTING.settings, isolation=asked)  # type: ignore[arg-type]
    assert packed(replace(SITTING, settings=settings)).settings["isolation"] == on_workers


def test_another_version_is_refused() -> None:
    """Verdicts of two versions are not mixed in one gradebook."""
    with pytest.raises(GraderError, match=r"has induction-lab-grader \S+ and the batch is graded"):
        opened(replace(packed(SITTING), version="0.0.1"))
