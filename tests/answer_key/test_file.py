"""Answer keys as files."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from grader.answer_key.file import decode_key, encode_key
from grader.answer_key.model import AnswerKey
from grader.errors import AnswerKeyError
from grader.protocol.container import FILE_FORMAT, read_container
from grader.protocol.values import Expected, RecordedCall, Recording
from tests.builders import about, array, figure, number, parts, table, tensor
from tests.protocol.blobs import from_text

ROW = RecordedCall(arguments={"seed": number(0), "seq_len": number(8)}, result=tensor(1, 2))
KEY = AnswerKey(
    provenance=about(),
    expected={
        "effects": Expected(value=table(baseline=parts(number(1), number(2)))),
        "pattern": Expected(value=figure([[1.0]])),
        "scores": Expected(value=array([0.1, 0.2]), spread=np.array([0.01, 0.0]), draws=24),
    },
    variants={"as_printed": {"scores": array([0.3])}},
    mistakes={"silent": {}, "transposed": {"scores": array([0.4])}},
    recordings={
        "sequences": Recording(
            replaces="create_repeated_sequence",
            parameters={"seq_len": 25, "seed": None},
            cycle="seed",
            batch="tokens",
            rows=(ROW, ROW),
        )
    },
)


def altered(old: str, new: str) -> bytes:
    """Return the key's file with another text in its JSON."""
    structure, arrays = read_container(encode_key(KEY), FILE_FORMAT)
    text = json.dumps(structure)
    assert old in text
    return from_text(text.replace(old, new), arrays)


def of_format_3(structure: bytes) -> bytes:
    """Return a file in the layout of earlier versions: the structure is an array of bytes."""
    return bytes(save({"structure": np.frombuffer(structure, dtype=np.uint8)}))


def test_a_key_comes_back() -> None:
    """Values, spreads, variants, mistakes, recordings with their parameters' order."""
    assert repr(decode_key(encode_key(KEY), name="k")) == repr(KEY)


def test_the_same_key_is_the_same_bytes() -> None:
    """A key has one digest, also after it was read, in whatever order it was made."""
    assert encode_key(KEY) == encode_key(KEY) == encode_key(decode_key(encode_key(KEY), name="k"))
    turned = replace(
        KEY,
        expected=dict(sorted(KEY.expected.items(), reverse=True)),
        mistakes=dict(sorted(KEY.mistakes.items(), reverse=True)),
    )
    assert encode_key(turned) == encode_key(KEY)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        encode_key(KEY)[:-1],
        bytes(save({"other": np.zeros(1)})),
        of_format_3(b"{}"),
        from_text("[]", {}),
        from_text("[" * 100_000, {}),
        from_text('{"format": "induction-lab-grader/key/5", "about": {}}', {}),
        altered('"draws": 24', '"draws": Infinity'),
        altered('"array": "0"', '"array": "99"'),
        altered('"torch"', '"numpy"'),
        altered('"seed": 0', '"seed": "0"'),
        altered('"hidden": false', '"hidden": null'),
        altered('"draws": 24', '"draws": "24"'),
        altered('"draws": 24', '"draws": true'),
        altered('"cycle": "seed"', '"cycle": ["seed"]'),
        altered('"array": "1"', '"array": "0"'),
        altered('"of": "figure"', '"of": "set"'),
    ],
)
def test_foreign_bytes_are_no_key(data: bytes) -> None:
    """Whatever is no key is refused with what to do about it."""
    with pytest.raises(
        AnswerKeyError, match="k is not a readable answer key: run `grade key build`"
    ):
        decode_key(data, name="k")


def test_another_versions_key_says_so() -> None:
    """A key of another format is not called broken."""
    earlier = of_format_3(b'{"format": "induction-lab-grader/key/3"}')
    for data in (earlier, from_text('{"format": "induction-lab-grader/key/0"}', {})):
        with pytest.raises(AnswerKeyError, match="another grader version: run `grade key build`"):
            decode_key(data, name="k")


@given(st.binary(max_size=100))
def test_arbitrary_bytes_are_no_key(data: bytes) -> None:
    """No bytes make reading fail in another way."""
    for candidate in (data, of_format_3(data)):
        with pytest.raises(AnswerKeyError):
            decode_key(candidate, name="k")
