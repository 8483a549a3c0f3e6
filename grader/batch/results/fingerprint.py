"""Fingerprints that decide whether a stored result is still current.

`Asked` has digests of every probe that a run answered, so that a regrade detects probes that were
never run. `Standing` identifies everything a verdict depends on besides the notebook.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from grader.answer_key.file import encode_key
from grader.answer_key.find import models_sha256
from grader.execution.job import Job
from grader.grading.session import GradingSession
from grader.protocol.encoding import pack
from grader.protocol.installation import grader_version
from grader.protocol.values import Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFingerprint:
    """Digests of everything that decides a notebook's answers besides the notebook itself."""

    environment_digest: str
    """Digest of the notebook's model, the kernel's seed and the code that builds models."""
    limits: str
    """Digest of the run's limits."""
    probes: Mapping[str, str]
    """Digest of each probe by name, with the recordings that it replays."""
    seed: int
    """The run's seed, from which hidden models are drawn. It is secret if there are any."""
    full: bool
    """True if hidden probes were run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingFingerprint:
    """Everything that a verdict of a batch depends on besides the notebook."""

    grader: str
    rubric: str
    key: str
    model: str
    device: str
    seed: int
    full: bool

    @classmethod
    def of(cls, session: GradingSession) -> "GradingFingerprint":
        """Return the fingerprint of a grading session."""
        return cls(
            grader=grader_version(),
            rubric=session.rubric_file.sha256,
            key=hashlib.sha256(encode_key(session.key)).hexdigest(),
            model=session.rubric_file.rubric.models["grading"],
            device=session.settings.device,
            seed=session.seed,
            full=session.settings.full,
        )

    @property
    def digest(self) -> str:
        """One digest of all fields."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def fingerprint_session(session: GradingSession) -> RequestFingerprint:
    """Return the fingerprint of the probes that a grading session runs."""
    full, models = session.settings.full, models_sha256()
    return fingerprint_job(session.job, seed=session.seed, full=full, models=models)


def fingerprint_job(job: Job, *, seed: int, full: bool, models: str) -> RequestFingerprint:
    """Return the fingerprint of a job's probes.

    Args:
        job: The job; its cells and its device do not count.
        seed: The run's seed; the kernel's differs if there are hidden probes.
        full: True if hidden probes are run.
        models: Digest of the code that builds models from their names.
    """
    limits = job.limits.model_dump(exclude={"file_mb", "cells"})
    recordings = {name: _recording_digest(recording) for name, recording in job.recordings.items()}
    return RequestFingerprint(
        environment_digest=_digest([job.model, job.seed, models]),
        limits=_digest({name: float(limit) for name, limit in limits.items()}),
        probes={
            probe.id: _digest([probe.header(), [recordings[name] for name in probe.provide]])
            for probe in job.probes
        },
        seed=seed,
        full=full,
    )


def _recording_digest(recording: Recording) -> str:
    head = _digest(recording.header())
    # Arguments are sorted by name because their order does not matter.
    calls = [
        [[name, pack(value).hex()] for name, value in sorted(row.arguments.items())]
        + [["", pack(row.result).hex()]]
        for row in recording.rows
    ]
    return _digest([head, calls])


def _digest(node: object) -> str:
    return hashlib.sha256(json.dumps(node, sort_keys=True).encode()).hexdigest()
