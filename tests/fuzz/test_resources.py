"""Readers need little time and memory for any small file, as measured in their own process."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.protocol.encoding import unpack
from grader.protocol.json_fields import UnreadableError
from tests.fuzz.bombs import BOMBS, HARMLESS
from tests.protocol.test_encoding import blob, raw

pytestmark = [
    pytest.mark.skipif(not Path("/proc").exists(), reason="memory is measured in /proc"),
    pytest.mark.long,
]

ROOT = Path(__file__).parents[2]
SECONDS = 20
MEGABYTES = 320
"""A file of 50 MB, its text, the interpreter, and the parsed data."""


def cost(name: str) -> dict[str, Any]:
    """Return the error that reading a file gives, and check the time and memory it took."""
    process = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.bombs", name],
        cwd=ROOT,
        capture_output=True,
        timeout=120,
        check=True,
    )
    found: dict[str, Any] = json.loads(process.stdout)
    assert found["seconds"] <= SECONDS
    assert found["megabytes"] <= MEGABYTES
    return found


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused(name: str) -> None:
    """A file that would expand is refused in bounded time and memory, with a short message."""
    message = cost(name)["message"]
    assert message
    assert len(message) < 20_000


@pytest.mark.parametrize("name", HARMLESS)
def test_large_files_are_read(name: str) -> None:
    """Figures, text full of punctuation and many frames are no reason to refuse a file."""
    assert not cost(name)["message"]


def test_a_value_may_not_use_an_array_twice() -> None:
    """Short JSON that names one large array many times would stand for gigabytes."""
    tensor = {"kind": "tensor", "array": "0"}
    size = 2**20
    entry = {"0": {"dtype": "F64", "shape": [size // 8], "data_offsets": [0, size]}}
    body = blob(json.dumps(entry).encode(), bytes(size))
    assert unpack(raw({"kind": "group", "of": "tuple", "items": [tensor]}, body)) is not None
    with pytest.raises(UnreadableError):
        unpack(raw({"kind": "group", "of": "tuple", "items": [tensor] * 2}, body))


def test_a_value_has_no_numbers_beside_it() -> None:
    """An array that the JSON does not name is refused."""
    with pytest.raises(UnreadableError, match="numbers that are no part of it"):
        unpack(
            raw({"kind": "none"}, blob(b'{"0":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'))
        )
