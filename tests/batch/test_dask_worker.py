"""A serialized session: a worker grades as the session that was serialized."""

from dataclasses import replace

import pytest

from grader.answer_key.file import encode_key
from grader.batch.dask_worker import deserialize_session, serialize_session
from grader.errors import GraderError
from grader.grading.session import Settings
from grader.rubric.load import load_rubric
from tests.batch.stored_runs import MINI

SESSION = MINI.session


def test_a_session_survives_serialization() -> None:
    """Rubric, key, seed and settings survive, of the mini lab and of the shipped one."""
    lab = replace(SESSION, rubric_file=load_rubric(None), seed=7, memory_fraction=0.25)
    for session in (SESSION, lab):
        rebuilt = deserialize_session(serialize_session(session))
        assert rebuilt.rubric_file == session.rubric_file
        assert encode_key(rebuilt.key) == encode_key(session.key)
        assert (rebuilt.seed, rebuilt.memory_fraction) == (session.seed, session.memory_fraction)
        assert rebuilt.settings == session.settings


@pytest.mark.parametrize(
    ("requested", "on_workers"),
    [("auto", "strict"), ("strict", "strict"), ("none", "none")],
)
def test_workers_need_a_sandbox_unless_it_is_disabled(requested: str, on_workers: str) -> None:
    """On workers, ``auto`` is strict: a worker without a sandbox refuses to grade."""
    settings: Settings = replace(SESSION.settings, isolation=requested)  # type: ignore[arg-type]
    payload = serialize_session(replace(SESSION, settings=settings))
    assert payload.settings["isolation"] == on_workers


def test_another_version_is_refused() -> None:
    """A worker with another version of the grader refuses, so that verdicts are not mixed."""
    with pytest.raises(GraderError, match=r"has induction-lab-grader \S+ and the batch is graded"):
        deserialize_session(replace(serialize_session(SESSION), version="0.0.1"))
