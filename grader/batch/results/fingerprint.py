"""What a run was asked, as digests: who asks something else later is told so."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import metadata

from grader.answer_key.file import key_bytes
from grader.answer_key.find import models_sha256
from grader.execution.job import Job
from grader.grading.session import Sitting
from grader.protocol.encoding import pack
from grader.protocol.values import Recording


# MERGED: What every submission of a sitting is asked, made once for all of them.
# MERGED: What makes a graded submission the one that is asked for now, and not to be run again.
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Digests of everything that decides what a notebook answers, itself apart."""

    world: str
    """Of the notebook's model, the kernel's seed and the code that makes models."""
    limits: str
    """Of the limits a run is held to."""
    probes: Mapping[str, str]
    """Probe name to a digest of its question, with the recorded answers it plays back."""
    seed: int
    """Of the run, from which hidden models are drawn; a secret where there are any."""
    full: bool
    """Whether hidden probes were asked."""


def asked(job: Job, *, seed: int, full: bool, models: str) -> Asked:
    """What a job asks.

    Args:
        job: The job; its cells and device are not looked at.
        seed: Of the run; the kernel's is another where there are hidden probes.
        full: Whether hidden probes are asked.
        models: Digest of the code that makes models from their names.
    """
    limits = job.limits.model_dump(exclude={"file_mb", "cells"})
    recordings = {name: _recording(recording) for name, recording in job.recordings.items()}
    return Asked(
        world=_digest([job.model, job.seed, models]),
        limits=_digest({name: float(limit) for name, limit in limits.items()}),
        probes={
            probe.id: _digest([probe.head(), [recordings[name] for name in probe.provide]])
            for probe in job.probes
        },
        seed=seed,
        full=full,
    )


def _recording(recording: Recording) -> str:
    head = _digest(recording.head())
    # A call's arguments in the order of their names: a dict's own order decides nothing.
    calls = [
        [[name, pack(value).hex()] for name, value in sorted(row.arguments.items())]
        + [["", pack(row.result).hex()]]
        for row in recording.rows
    ]
    return _digest([head, calls])


def _digest(node: object) -> str:
    return hashlib.sha256(json.dumps(node, sort_keys=True).encode()).hexdigest()


def asked_in(sitting: Sitting) -> Asked:
    """What a run in this sitting is asked, as it is kept beside its answers."""
    full, models = sitting.settings.full, models_sha256()
    return asked(sitting.job, seed=sitting.seed, full=full, models=models)


_DISTRIBUTION = "induction-lab-grader"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything of a batch that a verdict depends on, besides the notebook."""

    grader: str
    rubric: str
    key: str
    model: str
    device: str
    seed: int
    full: bool

    @classmethod
    def of(cls, sitting: Sitting) -> "Standing":
        """What a sitting grades by."""
        return cls(
            grader=metadata.version(_DISTRIBUTION),
            rubric=sitting.file.sha256,
            key=hashlib.sha256(key_bytes(sitting.key)).hexdigest(),
            model=sitting.file.rubric.models["grading"],
            device=sitting.settings.device,
            seed=sitting.seed,
            full=sitting.settings.full,
        )

    @property
    def digest(self) -> str:
        """Of all of it: another rubric, key or grader gives another."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()
