"""Answer keys as files."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load, save

from grader.answer_key.file import key_bytes, read_key, write_atomically
from grader.answer_key.model import AnswerKey
from grader.errors import AnswerKeyError
from grader.protocol.encoding import pack
from grader.protocol.values import Expected, RecordedCall, Recording
from tests.builders import about, array, figure, number, parts, table, tensor

ROW = RecordedCall(arguments={"seed": number(0), "seq_len": number(8)}, result=tensor(1, 2))
KEY = AnswerKey(
    about=about(),
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


def structured(structure: bytes) -> bytes:
    """A key's file with this structure."""
    return bytes(save({"structure": np.frombuffer(structure, dtype=np.uint8)}))


def altered(old: bytes, new: bytes) -> bytes:
    """The key's file with another structure."""
    arrays = load(key_bytes(KEY))
    structure = arrays["structure"].tobytes()
    assert old in structure
    changed = np.frombuffer(structure.replace(old, new), dtype=np.uint8)
    return bytes(save(arrays | {"structure": changed}))


def test_a_key_comes_back() -> None:
    """Values, spreads, variants, mistakes, recordings with their parameters' order."""
    assert repr(read_key(key_bytes(KEY), name="k")) == repr(KEY)


def test_the_same_key_is_the_same_bytes() -> None:
    """A key has one digest, also after it was read, in whatever order it was made."""
    assert key_bytes(KEY) == key_bytes(KEY) == key_bytes(read_key(key_bytes(KEY), name="k"))
    turned = replace(
        KEY,
        expected=dict(sorted(KEY.expected.items(), reverse=True)),
        mistakes=dict(sorted(KEY.mistakes.items(), reverse=True)),
    )
    assert key_bytes(turned) == key_bytes(KEY)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        key_bytes(KEY)[:-1],
        bytes(save({"other": np.zeros(1)})),
        structured(b"{}"),
        structured(b"[]"),
        structured(b"\xff"),
        structured(b"[" * 100_000),
        structured(b'{"format": "induction-lab-grader/key/3", "about": {}}'),
        altered(b'"draws": 24', b'"draws": Infinity'),
        altered(b'"00000"', b'"99999"'),
        altered(b'"torch"', b'"numpy"'),
        altered(b'"seed": 0', b'"seed": "0"'),
        altered(b'"hidden": false', b'"hidden": null'),
        altered(b'"draws": 24', b'"draws": "24"'),
        altered(b'"cycle": "seed"', b'"cycle": ["seed"]'),
        altered(b'"00001"', b'"00000"'),
    ],
)
def test_foreign_bytes_are_no_key(data: bytes) -> None:
    """Whatever is no key is refused with what to do about it."""
    with pytest.raises(
        AnswerKeyError, match="k is not a readable answer key: run `grade key build`"
    ):
        read_key(data, name="k")


def test_another_versions_key_says_so() -> None:
    """A key of another format is not called broken."""
    data = structured(b'{"format": "induction-lab-grader/key/0"}')
    with pytest.raises(AnswerKeyError, match="another grader version"):
        read_key(data, name="k")


@given(st.binary(max_size=100))
def test_arbitrary_bytes_are_no_key(data: bytes) -> None:
    """No bytes make reading fail in another way."""
    for candidate in (data, structured(data)):
        with pytest.raises(AnswerKeyError):
            read_key(candidate, name="k")


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    """Folders are made, an old file is replaced, nothing else is left behind."""
    path = tmp_path / "keys" / "lab.key"
    write_atomically(path, b"old")
    write_atomically(path, pack(number(1)))
    assert path.read_bytes() == pack(number(1))
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    """Where the file cannot be put in place there is no half of it."""
    (tmp_path / "lab.key").mkdir()
    with pytest.raises(OSError, match=r"lab\.key"):
        write_atomically(tmp_path / "lab.key", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["lab.key"]
