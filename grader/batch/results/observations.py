"""What is kept of a graded submission, so that it can be scored again without running it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, NoReturn

import numpy as np

from grader.batch.results.fingerprint import Asked
from grader.batch.results.serialize import (
    Arrays,
    DamagedError,
    flat,
    kept,
    read_npz,
    seconds,
    texts,
    to_node,
    to_observation,
    write_npz,
)
from grader.errors import GraderError
from grader.execution.job import Instrumented
from grader.execution.result import CellOutcome, Execution
from grader.files.untrusted import shown
from grader.protocol.values import Group
from grader.submission.read import Submission

_FORMAT = "induction-lab-grader/stored/1"
_STRUCTURE = "structure"


class StoredError(GraderError):
    """The results folder's: what was kept of a submission is of no use, so it must run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One submission that has run: what was seen, and what it was asked."""

    submission: Submission
    """As handed in, its code and text left out."""
    execution: Execution
    not_attempted: frozenset[str]
    """Functions that are still stubs, as read from its code; so are the next two."""
    names: frozenset[str]
    notes: tuple[str, ...]
    asked: Asked


def keep(
    submission: Submission, prepared: Instrumented, execution: Execution, asked: Asked
) -> Stored:
    """What is kept of a submission that has run.

    Args:
        submission: As it was read.
        prepared: As it was made ready.
        execution: What running it gave.
        asked: What it was asked.
    """
    return Stored(
        submission=replace(submission, cells=(), prose=()),
        execution=replace(execution, outputs={}),
        not_attempted=prepared.not_attempted,
        names=prepared.names,
        notes=prepared.notes,
        asked=asked,
    )


def to_npz(stored: Stored) -> bytes:
    """It as one ``.npz`` file: an array for all numbers that came together, and one of JSON."""
    submission, execution = asdict(stored.submission), stored.execution
    del submission["cells"], submission["prose"]
    arrays: Arrays = {}
    observations = {name: to_node(o, arrays) for name, o in execution.observations.items()}
    structure = {
        "format": _FORMAT,
        "submission": submission,
        "not_attempted": sorted(stored.not_attempted),
        "names": sorted(stored.names),
        "notes": list(stored.notes),
        "asked": asdict(stored.asked),
        "environment": dict(execution.environment),
        "cells": [asdict(cell) for cell in execution.cells],
        "observations": observations,
        "seconds": dict(execution.seconds),
        "heatmaps": to_node(execution.heatmaps, arrays),
        "complete": execution.complete,
        "isolation": execution.isolation,
        "overrun": execution.overrun,
    }
    text = json.dumps(structure, allow_nan=False, separators=(",", ":")).encode()
    return write_npz({_STRUCTURE: np.frombuffer(text, np.uint8), **arrays})


def from_npz(data: bytes, *, name: str) -> Stored:
    """Rebuild what was kept.

    Args:
        data: What is in the file.
        name: What to call it in a message.

    Raises:
        StoredError: It is not what `to_npz` writes, or another version of the grader wrote it.
    """
    try:
        arrays = read_npz(data)
        node = json.loads(arrays.pop(_STRUCTURE).tobytes(), parse_constant=_refuse)
        if node["format"] != _FORMAT:
            raise StoredError(
                f"{shown(name)} was kept by another version of the grader: "
                "grade that submission again (--force --only STUDENT)."
            )
        found = _stored(node, arrays)
        if arrays:
            raise DamagedError("it holds numbers that are no part of it")
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        why = f": {error}" if isinstance(error, DamagedError) else ""
        raise StoredError(
            f"{shown(name)} is damaged{why}; grade that submission again (--force --only STUDENT)."
        ) from error
    return found


def _stored(node: Mapping[str, Any], arrays: Arrays) -> Stored:
    handed_in = kept(node["submission"], dict)
    notes = texts(handed_in.pop("notes"))
    asking = kept(node["asked"], dict)
    probes = {name: kept(digest, str) for name, digest in asking.pop("probes").items()}
    return Stored(
        submission=flat(Submission, handed_in, cells=(), prose=(), notes=notes),
        execution=_execution(node, arrays),
        not_attempted=frozenset(texts(node["not_attempted"])),
        names=frozenset(texts(node["names"])),
        notes=texts(node["notes"]),
        asked=flat(Asked, asking, probes=probes),
    )


def _execution(node: Mapping[str, Any], arrays: Arrays) -> Execution:
    observations = {n: to_observation(o, arrays) for n, o in node["observations"].items()}
    heatmaps = kept(to_observation(node["heatmaps"], arrays), Group)
    return Execution(
        environment={name: _fact(fact) for name, fact in node["environment"].items()},
        cells=tuple(flat(CellOutcome, cell) for cell in node["cells"]),
        observations=observations,
        seconds={name: seconds(number) for name, number in node["seconds"].items()},
        heatmaps=heatmaps,
        complete=kept(node["complete"], bool),
        isolation=kept(node["isolation"], str),
        overrun=kept(node["overrun"], str),
    )


def _fact(fact: object) -> str | dict[str, int]:
    """A line about the kernel's machine, or its numbers by name."""
    if isinstance(fact, dict):
        return {name: kept(number, int) for name, number in fact.items()}
    return kept(fact, str)


def _refuse(constant: str) -> NoReturn:
    raise DamagedError(f"{constant} is no number")
