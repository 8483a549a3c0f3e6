"""Answer keys that come from somewhere else."""

import json
import struct
from typing import Any

import numpy as np
from safetensors.numpy import load, save

from grader.answer_key.file import key_bytes, read_key
from grader.errors import AnswerKeyError
from tests.answer_key.test_file import KEY
from tests.fuzz.pieces import Pieces
from tests.fuzz.targets import one_line

_KEY = key_bytes(KEY)
_ARRAYS: dict[str, Any] = load(_KEY)
_STRUCTURE: dict[str, Any] = json.loads(_ARRAYS["structure"].tobytes())
_WORDS = ("00000", "00001", "00002", "99999", "scores", "seed", 0, None)

SEEDS = (
    b"\x00" + _KEY,
    b"\x01",
    b"\x01" + bytes(range(9, 200)),
    b"\x02\x08" + struct.pack("<Q", 9),
)


def one(data: bytes) -> None:
    """Read bytes as a key's file, or as changes to a key's structure."""
    how, body = data[:1], data[1:]
    read(body if how == b"\x00" else _altered(Pieces(body)))


def read(data: bytes) -> None:
    """A key that can be written again, or `AnswerKeyError`."""
    try:
        key = read_key(data, name="hidden.key")
    except AnswerKeyError as error:
        one_line(error)
        return
    again = read_key(key_bytes(key), name="again")
    assert key_bytes(again) == key_bytes(read_key(key_bytes(again), name="again"))


def _altered(pieces: Pieces) -> bytes:
    structure = json.dumps(pieces.altered(_STRUCTURE, _WORDS)).encode()
    return bytes(save(_ARRAYS | {"structure": np.frombuffer(structure, dtype=np.uint8)}))
