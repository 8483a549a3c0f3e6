"""Small files that want much: each reader's time and memory, measured in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.protocol.encoding import UnreadableError, unpack
from tests.fuzz.bombs import BOMBS, HARMLESS
from tests.protocol.test_encoding import header, raw

pytestmark = pytest.mark.skipif(not Path("/proc").exists(), reason="memory is measured in /proc")

ROOT = Path(__file__).parents[2]
SECONDS = 20
MEGABYTES = 320
"""A file's own 50 MB, its text, what Python takes before it reads anything, and what was read."""


def price(name: str) -> dict[str, Any]:
    """What was said about a file, and what reading it cost."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.bombs", name],
        cwd=ROOT,
        capture_output=True,
        timeout=120,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["seconds"] <= SECONDS
    assert found["megabytes"] <= MEGABYTES
    return found


@pytest.mark.parametrize("name", BOMBS)
def test_what_wants_much_is_refused(name: str) -> None:
    """In bounded time and memory, with few words."""
    said = price(name)["said"]
    assert said
    assert len(said) < 20_000


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_only_large_is_read(name: str) -> None:
    """Figures, text full of marks, many frames: no reason to refuse anything."""
    assert not price(name)["said"]


def test_a_value_may_not_use_an_array_twice() -> None:
    """A short manifest over one large array would stand for gigabytes."""
    tensor = {"kind": "tensor", "array": "0"}
    size = 2**20
    entry = {"0": {"dtype": "F64", "shape": [size // 8], "data_offsets": [0, size]}}
    body = header(json.dumps(entry).encode(), bytes(size))
    assert unpack(raw({"kind": "group", "of": "tuple", "items": [tensor]}, body)) is not None
    with pytest.raises(UnreadableError):
        unpack(raw({"kind": "group", "of": "tuple", "items": [tensor] * 2}, body))


def test_a_value_has_no_numbers_beside_it() -> None:
    """What no part of the manifest names is not carried along."""
    with pytest.raises(UnreadableError, match="numbers that are no part of it"):
        unpack(
            raw({"kind": "none"}, header(b'{"0":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'))
        )
