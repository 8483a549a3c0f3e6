"""The contents of ``batch.json``: what a results folder was graded by, and its summary."""

import json
from typing import Any

from grader.batch.results.fingerprint import GradingFingerprint
from grader.grading.session import GradingSession

SCHEMA = "induction-lab-grader/batch/1"


def batch_info(
    session: GradingSession, fingerprint: GradingFingerprint, source: str
) -> dict[str, Any]:
    """Return what is known of a batch before it runs.

    Args:
        session: The session that grades it.
        fingerprint: That session's fingerprint.
        source: Name of the folder or zip with the submissions.
    """
    rubric = session.rubric_file.rubric
    return {
        "schema": SCHEMA,
        "source": source,
        "rubric": {
            "lab": rubric.lab,
            "version": rubric.version,
            "sha256": session.rubric_file.sha256,
        },
        "grader": fingerprint.grader,
        "model": fingerprint.model,
        "device": fingerprint.device,
        "isolation": session.backend.name,
        "hidden_probes": fingerprint.full,
        "seed": fingerprint.seed,
    }


def info_json(info: dict[str, Any]) -> bytes:
    """Return the bytes of ``batch.json``."""
    return (json.dumps(info, indent=2) + "\n").encode()
