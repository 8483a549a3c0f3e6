"""Builds the cell that evaluates a probe, and extracts the observation from the cell's outputs."""

import base64
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.kernel.session import CellRun
from grader.protocol.encoding import pack
from grader.protocol.values import Failure

_MAX_INLINE = 2**16


def cell_for(
    probe: Mapping[str, Any], recorded: Mapping[str, list[dict[str, Any]]], home: Path
) -> str:
    """Return the code of a cell that evaluates a probe.

    Args:
        probe: The probe's header, as in the job.
        recorded: Rows of the recordings that have arrived so far, by recording name.
        home: A folder that the kernel can read.
    """
    provide = [
        {**recording, "rows": recorded.get(name, [])}
        for name, recording in probe["provide"].items()
    ]
    request = json.dumps({**probe, "provide": provide}).encode()
    if len(request) > _MAX_INLINE and (spilled := _spill_to_file(request, home)):
        return f"from grader.kernel.probe import evaluate_file as _evaluate; _evaluate{spilled!r}"
    encoded = base64.b64encode(request).decode()
    return f"from grader.kernel.probe import evaluate_request as _evaluate; _evaluate({encoded!r})"


def reply_of(run: CellRun) -> bytes:
    """Return the bytes the kernel published, unread: only the grader validates them."""
    published = run.published or {}
    encoded = published.get("observation")
    if isinstance(encoded, str):
        try:
            return base64.b64decode(encoded, validate=True)
        except ValueError:
            pass
    return pack(Failure(kind="unreadable", message="the kernel sent nothing back"))


def _spill_to_file(request: bytes, home: Path) -> tuple[str, str] | None:
    """Write a request to a file, since IPython takes a second for a cell of several megabytes.

    Returns:
        The file's path and the SHA-256 of its contents; None if the disk is full.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix="request-", dir=home)
        with os.fdopen(descriptor, "wb") as file:
            file.write(request)
    except OSError:
        return None  # the notebook has filled the disk
    return name, hashlib.sha256(request).hexdigest()
