"""Stores the parts of a run that a regrade needs, so that it does not have to run again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from grader.batch.results.fingerprint import RequestFingerprint
from grader.errors import GraderError
from grader.execution.job import PreparedSubmission
from grader.execution.result import CellOutcome, RunResult
from grader.files.escape import printable
from grader.protocol.container import FILE_FORMAT, Arrays, read_container, write_container
from grader.protocol.encoding import observation_from_json, reject_unused, to_json
from grader.protocol.json_fields import (
    UnreadableError,
    build_dataclass,
    checked,
    checked_number,
    checked_texts,
    parsing,
)
from grader.protocol.values import SequenceValue
from grader.submission.read import Submission

_FORMAT = "induction-lab-grader/stored/2"


class StoredRunError(GraderError):
    """A stored run cannot be used, so the submission must be graded again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A submission that has run: its observations, and digests of the probes it answered."""

    submission: Submission
    """The submission without its cells."""
    execution: RunResult
    not_attempted: frozenset[str]
    """Functions that are still stubs."""
    names: frozenset[str]
    """Names that the notebook's code defines."""
    notes: tuple[str, ...]
    """Notes on the code, for the report."""
    fingerprint: RequestFingerprint


def make_stored_run(
    submission: Submission,
    prepared: PreparedSubmission,
    execution: RunResult,
    fingerprint: RequestFingerprint,
) -> StoredRun:
    """Return a run without the notebook's cells and outputs, as it is stored."""
    return StoredRun(
        submission=replace(submission, cells=(), prose=()),
        execution=replace(execution, outputs={}),
        not_attempted=prepared.not_attempted,
        names=prepared.defined_names,
        notes=prepared.notes,
        fingerprint=fingerprint,
    )


def encode_run(stored: StoredRun) -> bytes:
    """Serialize a stored run; the same run gives the same bytes."""
    submission, execution = asdict(stored.submission), stored.execution
    del submission["cells"], submission["prose"]
    arrays: Arrays = {}
    observations = {name: to_json(o, arrays) for name, o in execution.observations.items()}
    structure = {
        "format": _FORMAT,
        "submission": submission,
        "not_attempted": sorted(stored.not_attempted),
        "names": sorted(stored.names),
        "notes": list(stored.notes),
        "fingerprint": asdict(stored.fingerprint),
        "environment": dict(execution.environment),
        "cells": [asdict(cell) for cell in execution.cells],
        "observations": observations,
        "seconds": dict(execution.seconds),
        "heatmaps": to_json(execution.heatmaps, arrays),
        "complete": execution.complete,
        "isolation": execution.isolation,
        "overrun": execution.limit_exceeded,
    }
    return write_container(structure, arrays, FILE_FORMAT)


def decode_run(data: bytes, *, name: str) -> StoredRun:
    """Deserialize a stored run.

    Args:
        name: The file's name for error messages.

    Raises:
        StoredError: The file is damaged, or another version of the grader wrote it.
    """
    try:
        node, arrays = read_container(data, FILE_FORMAT)
        if node.get("format") != _FORMAT:
            raise other_version(name)
        with parsing():
            stored = _stored(node, arrays)
            reject_unused(arrays)
    except UnreadableError as error:
        raise StoredRunError(
            f"{printable(name)} is damaged: {error}; grade that submission again "
            "(--force --only STUDENT)."
        ) from error
    return stored


def other_version(name: str) -> StoredRunError:
    """Return the error for a file that another version of the grader wrote."""
    return StoredRunError(
        f"{printable(name)} was kept by another version of the grader: "
        "grade that submission again (--force --only STUDENT)."
    )


def _stored(node: Mapping[str, Any], arrays: Arrays) -> StoredRun:
    submission = checked(node["submission"], dict)
    notes = checked_texts(submission.pop("notes"))
    fingerprint = checked(node["fingerprint"], dict)
    probes = {name: checked(digest, str) for name, digest in fingerprint.pop("probes").items()}
    return StoredRun(
        submission=build_dataclass(Submission, submission, cells=(), prose=(), notes=notes),
        execution=_execution(node, arrays),
        not_attempted=frozenset(checked_texts(node["not_attempted"])),
        names=frozenset(checked_texts(node["names"])),
        notes=checked_texts(node["notes"]),
        fingerprint=build_dataclass(RequestFingerprint, fingerprint, probes=probes),
    )


def _execution(node: Mapping[str, Any], arrays: Arrays) -> RunResult:
    observations = {n: observation_from_json(o, arrays) for n, o in node["observations"].items()}
    return RunResult(
        environment={
            name: _environment_entry(value) for name, value in node["environment"].items()
        },
        cells=tuple(build_dataclass(CellOutcome, cell) for cell in node["cells"]),
        observations=observations,
        seconds={name: checked_number(number) for name, number in node["seconds"].items()},
        heatmaps=checked(observation_from_json(node["heatmaps"], arrays), SequenceValue),
        complete=checked(node["complete"], bool),
        isolation=checked(node["isolation"], str),
        limit_exceeded=checked(node["overrun"], str),
    )


def _environment_entry(entry: object) -> str | dict[str, int]:
    """Check a text, or numbers by name."""
    if isinstance(entry, dict):
        return {name: checked(number, int) for name, number in entry.items()}
    return checked(entry, str)
