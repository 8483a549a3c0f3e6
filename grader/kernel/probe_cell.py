"""A probe as the code of a cell, and the answer out of what that cell published."""

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

_INLINE = 2**16


def question(
    probe: Mapping[str, Any], recorded: Mapping[str, list[dict[str, Any]]], home: Path
) -> str:
    """The cell that answers a probe.

    Args:
        probe: As the job has it.
        recorded: Rows of recordings by name, as far as they have arrived.
        home: A folder that the kernel reads.
    """
    provide = [
        {**recording, "rows": recorded.get(name, [])}
        for name, recording in probe["provide"].items()
    ]
    request = json.dumps({**probe, "provide": provide}).encode()
    if len(request) > _INLINE and (left := _left_behind(request, home)):
        return f"from grader.kernel.probe import fetch as _fetch; _fetch{left!r}"
    encoded = base64.b64encode(request).decode()
    return f"from grader.kernel.probe import answer as _answer; _answer({encoded!r})"


def observation(run: CellRun) -> bytes:
    """The bytes the kernel published, passed on unread; the grader judges what they are worth."""
    published = run.published or {}
    encoded = published.get("observation")
    if isinstance(encoded, str):
        try:
            return base64.b64decode(encoded, validate=True)
        except ValueError:
            pass
    return pack(Failure(kind="unreadable", message="the kernel sent nothing back"))


def _left_behind(request: bytes, home: Path) -> tuple[str, str] | None:
    """A file with a request and its digest: IPython takes a second for megabytes of code."""
    try:
        descriptor, name = tempfile.mkstemp(prefix="asked-", dir=home)
        with os.fdopen(descriptor, "wb") as file:
            file.write(request)
    except OSError:
        return None  # no room: the notebook has filled it
    return name, hashlib.sha256(request).hexdigest()
