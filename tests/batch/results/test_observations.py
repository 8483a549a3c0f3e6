"""Stored runs: everything comes back as it was, and damaged files are refused."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load

from grader.batch.results.fingerprint import RequestFingerprint
from grader.batch.results.observations import StoredRun, StoredRunError, decode_run, encode_run
from grader.execution.result import CellOutcome
from grader.protocol.container import FILE_FORMAT, read_container
from grader.protocol.values import Failure, TextValue
from grader.submission.read import Submission
from tests.batch.stored_runs import comparable, execution, piped
from tests.builders import array, figure, number, table, tensor
from tests.protocol.blobs import from_text
from tests.render.hostile import joined
from tests.strategies import failures, values

FINGERPRINT = {"environment_digest": "", "limits": "", "probes": {}, "seed": 1, "full": True}
ASKED = RequestFingerprint(
    environment_digest="w", limits="l", probes={"scores": "d"}, seed=7, full=True
)
PLAIN = StoredRun(
    submission=Submission(name="nb.ipynb", sha256="2" * 64, student="17", cells=(), total_cells=9),
    execution=execution(
        {
            "scores": tensor(1.0, 2.0),
            "table": table(a=number(0.5), b=TextValue(text="t")),
            "lost": Failure(kind="raised", ename="ValueError", message="no"),
        },
        heatmaps=figure([[1.0, 2.0]]),
    ),
    not_attempted=frozenset({"ablate_heads"}),
    names=frozenset({"scores", "x"}),
    notes=("A note.",),
    fingerprint=ASKED,
)
BYTES = encode_run(PLAIN)


observations = (values() | failures()).map(piped)
texts = st.text(st.characters(), max_size=5).map(joined)  # lone surrogates too
times = st.floats(0, 1e12)
cells = st.builds(
    CellOutcome, index=st.integers(0, 9), status=texts, seconds=times, ename=texts, evalue=texts,
    limit=texts,
)  # fmt: skip
executions = st.builds(
    execution,
    st.dictionaries(texts, observations, max_size=4),
    environment=st.dictionaries(
        texts, texts | st.dictionaries(texts, st.integers(-(2**60), 2**60), max_size=2), max_size=2
    ),
    cells=st.lists(cells, max_size=3).map(tuple),
    seconds=st.dictionaries(texts, times, max_size=2),
    heatmaps=st.just(figure()) | st.just(figure([[0.5]], [[np.nan, 2.0]])),
    complete=st.booleans(),
    isolation=texts,
    limit_exceeded=texts,
)
stored_runs = st.builds(
    StoredRun,
    submission=st.builds(
        Submission, name=texts, sha256=texts, student=st.none() | texts, cells=st.just(()),
        total_cells=st.integers(0, 9), notes=st.lists(texts, max_size=2).map(tuple),
    ),
    execution=executions,
    not_attempted=st.frozensets(texts, max_size=3),
    names=st.frozensets(texts, max_size=3),
    notes=st.lists(texts, max_size=2).map(tuple),
    fingerprint=st.builds(
        RequestFingerprint, environment_digest=texts, limits=texts, seed=st.integers(0, 2**31),
        probes=st.dictionaries(texts, texts, max_size=3), full=st.booleans(),
    ),
)  # fmt: skip


@given(stored_runs)
def test_everything_comes_back(stored: StoredRun) -> None:
    """Values come back to the bit, with failures, times, cells, heatmaps and notes, in order."""
    found = decode_run(encode_run(stored), name="run")
    assert comparable(found) == comparable(stored)
    assert list(found.execution.observations) == list(stored.execution.observations)
    assert encode_run(found) == encode_run(stored)


def test_it_is_an_ordinary_safetensors_file() -> None:
    """Any safetensors library reads the arrays, and the metadata is JSON."""
    assert {array.dtype.kind for array in load(BYTES).values()} <= set("biuf")
    header = json.loads(BYTES[8 : 8 + int.from_bytes(BYTES[:8], "little")])
    structure = json.loads(header["__metadata__"]["structure"])
    assert structure["format"] == "induction-lab-grader/stored/2"


def test_the_same_run_gives_the_same_bytes() -> None:
    """The file contains no time, and no order that a set happens to have."""
    names = [f"name_{i}" for i in range(50)]
    one, other = frozenset(names), frozenset(reversed(names))
    assert encode_run(replace(PLAIN, names=one)) == encode_run(replace(PLAIN, names=other))


def damaged(data: bytes) -> str:
    """Return the one line that reading a damaged file ends with."""
    with pytest.raises(StoredRunError) as caught:
        decode_run(data, name="ana\u202e.run")
    (line,) = str(caught.value).splitlines()
    assert line.startswith("ana\\u202e.run ")
    assert "grade that submission again" in line
    return line


@given(st.data())
@settings(max_examples=300)
def test_a_damaged_file_is_refused(data: st.DataObject) -> None:
    """Bytes changed or cut off anywhere give the run as it was, or one line."""
    at = data.draw(st.integers(0, len(BYTES) - 1))
    new = data.draw(st.binary(max_size=6))
    cut = data.draw(st.booleans())
    broken = BYTES[:at] + new + (b"" if cut else BYTES[at + len(new) :])
    try:
        found = decode_run(broken, name="run")
    except StoredRunError:
        return
    assert comparable(found) == comparable(PLAIN)


def test_every_changed_byte_of_an_array_is_noticed() -> None:
    """A checksum covers the numbers, which any bytes are."""
    for at in range(len(BYTES) - 24, len(BYTES)):
        broken = BYTES[:at] + bytes([BYTES[at] ^ 1]) + BYTES[at + 1 :]
        assert "is damaged: its checksum is wrong" in damaged(broken)


@pytest.mark.parametrize("data", [b"", b"PK", b"\x00" * 100, b"{}", b"PK\x03\x04" + b"\x00" * 99])
def test_another_file_is_refused(data: bytes) -> None:
    """A file of another format is damaged; a zip of an earlier version is one."""
    assert "is damaged" in damaged(data)


def changed(**changes: Any) -> bytes:
    """Build the file with other JSON, and with the arrays that this JSON names."""
    structure, arrays = read_container(BYTES, FILE_FORMAT)
    text = json.dumps({k: v for k, v in (structure | changes).items() if v is not ...})
    return from_text(text, {n: array for n, array in arrays.items() if f'"array": "{n}"' in text})


def observing(**node: Any) -> dict[str, Any]:
    """Return JSON with one observation."""
    return {"observations": {"a": node}}


NUMBERS = {"kind": "tensor", "array": "0"}
DEEP: dict[str, Any] = {"kind": "none"}
for _ in range(5):
    DEEP = {"kind": "group", "of": "list", "items": [DEEP]}
WRONG, ODD, NO_NUMBER = "a part of it is of another kind", "of no known kind", "no number"
UNREADABLE = "its bytes could not be read"
BAD: list[tuple[dict[str, Any], str]] = [
    ({"seconds": ...}, UNREADABLE),
    ({"seconds": []}, UNREADABLE),
    ({"complete": 1}, WRONG),
    ({"notes": "text"}, WRONG),
    ({"names": [1]}, WRONG),
    ({"environment": {"torch": 2}}, WRONG),
    ({"environment": {"torch": {"a": "b"}}}, WRONG),
    ({"seconds": {"scores": float("nan")}}, NO_NUMBER),
    ({"seconds": {"scores": "1"}}, NO_NUMBER),
    ({"seconds": {"scores": 10**400}}, UNREADABLE),
    ({"cells": [{"index": 0}]}, UNREADABLE),
    ({"cells": [{"index": 0, "status": "ok", "seconds": 1.0, "extra": 1}]}, UNREADABLE),
    ({"cells": [{"index": "0", "status": "ok", "seconds": 1.0}]}, WRONG),
    ({"cells": [{"index": 0, "status": "ok", "seconds": "1"}]}, NO_NUMBER),
    ({"fingerprint": FINGERPRINT | {"limits": 5}}, WRONG),
    ({"observations": {"a": NUMBERS, "b": NUMBERS}}, UNREADABLE),
    (observing(**{**NUMBERS, "array": "checksum"}), UNREADABLE),
    (observing(**{**NUMBERS, "kind": "object"}), ODD),
    (observing(**{**NUMBERS, "kind": "float"}), "it says number"),
    ({"observations": {"a": {"kind": "error", "of": "x", "ename": "", "message": ""}}}, ODD),
    ({"observations": {"a": {"kind": "error", "of": "raised", "ename": 1, "message": ""}}}, WRONG),
    ({"observations": {"a": {"kind": "group", "of": "set", "items": []}}}, ODD),
    ({"observations": {"a": {"kind": "text", "text": 1}}}, WRONG),
    ({"observations": {"a": {"kind": "pickle"}}}, ODD),
    (observing(**DEEP), "nested too deeply"),
    ({"observations": {"a": None}}, UNREADABLE),
    ({"heatmaps": {"kind": "none"}}, WRONG),
]


@pytest.mark.parametrize(("changes", "why"), BAD, ids=range(len(BAD)))
def test_a_structure_of_other_kinds_is_refused(changes: dict[str, Any], why: str) -> None:
    """Missing, unknown and misplaced parts are refused, and so are numbers that occur twice."""
    assert comparable(decode_run(changed(), name="run")) == comparable(PLAIN)
    line = damaged(changed(**changes))
    assert "is damaged: " in line
    assert why in line


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "[]", "9" * 5000, '{"format": NaN}', '{"format": 1, "format": 2}', "{}x"],
)
def test_a_structure_that_is_no_json_object_is_refused(text: str) -> None:
    """JSON that is nested too deeply to parse, or repeats a key, is refused like any other."""
    assert "is damaged" in damaged(from_text(text, {}))


def test_another_version_is_named_as_such() -> None:
    """A file of another version is not damaged, but must be made again all the same."""
    for format_id in ("induction-lab-grader/stored/1", ["x"], None):
        assert "another version of the grader" in damaged(changed(format=format_id))


@pytest.mark.parametrize("dtype", ["complex64", "float8_e4m3fn", "bfloat16"])
def test_an_array_of_another_dtype_is_refused(dtype: str) -> None:
    """Only integers, bools and IEEE floats are numbers."""
    codes = {"complex64": ("C64", 8), "float8_e4m3fn": ("F8_E4M3", 1), "bfloat16": ("BF16", 2)}
    code, size = codes[dtype]
    entry = {"0": {"dtype": code, "shape": [1], "data_offsets": [0, size]}}
    header = json.dumps({"__metadata__": {"structure": "{}"}, **entry}).encode()
    data = len(header).to_bytes(8, "little") + header + bytes(size)
    assert "is damaged" in damaged(data)


def test_numbers_of_nothing_are_refused() -> None:
    """Every array belongs to a value."""
    structure, arrays = read_container(BYTES, FILE_FORMAT)
    extra = arrays | {"extra": array([1]).array}
    assert "no part of it" in damaged(from_text(json.dumps(structure), extra))


def test_a_giant_file_is_not_parsed() -> None:
    """The size is checked first."""
    assert "is larger than 128 MB" in damaged(bytes(128 * 2**20 + 9))
