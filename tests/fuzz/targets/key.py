"""The reader of answer keys."""

import json
import struct

from grader.answer_key.file import decode_key, encode_key
from grader.errors import AnswerKeyError
from grader.protocol.container import FILE_FORMAT, read_container
from tests.answer_key.test_file import KEY
from tests.fuzz.pieces import Pieces
from tests.fuzz.targets import one_line
from tests.protocol.blobs import from_text

_KEY = encode_key(KEY)
_STRUCTURE, _ARRAYS = read_container(_KEY, FILE_FORMAT)
_WORDS = ("0", "1", "2", "99", "tensor", "group", "none", "scores", "seed", 0, None)

SEEDS = (
    b"\x00" + _KEY,
    b"\x01",
    b"\x01" + bytes(range(9, 200)),
    b"\x02\x08" + struct.pack("<Q", 9),
)


def one(data: bytes) -> None:
    """Read bytes as a key's file, or as changes to a key's JSON."""
    how, body = data[:1], data[1:]
    read(body if how == b"\x00" else _altered(Pieces(body)))


def read(data: bytes) -> None:
    """Read a key and write it again; nothing but `AnswerKeyError` may be raised."""
    try:
        key = decode_key(data, name="hidden.key")
    except AnswerKeyError as error:
        one_line(error)
        return
    again = decode_key(encode_key(key), name="again")
    assert encode_key(again) == encode_key(decode_key(encode_key(again), name="again"))


def _altered(pieces: Pieces) -> bytes:
    return from_text(json.dumps(pieces.altered(_STRUCTURE, _WORDS)), _ARRAYS)
