"""What is kept of a submission: all of it comes back, from bytes that nobody vouches for."""

import json
from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.batch.results.fingerprint import Asked
from grader.batch.results.observations import Stored, StoredError, from_npz, to_npz
from grader.batch.results.serialize import MAX_BYTES, read_npz, write_npz
from grader.execution.result import CellOutcome
from grader.protocol.values import Failure, Text
from grader.submission.read import Submission
from tests.batch.stored_runs import comparable, execution, piped
from tests.builders import array, figure, number, table, tensor
from tests.render.hostile import joined
from tests.strategies import failures, values

ASKED = Asked(world="w", limits="l", probes={"scores": "d"}, seed=7, full=True)
PLAIN = Stored(
    submission=Submission(name="nb.ipynb", sha256="2" * 64, student="17", cells=(), total_cells=9),
    execution=execution(
        {
            "scores": tensor(1.0, 2.0),
            "table": table(a=number(0.5), b=Text(text="t")),
            "lost": Failure(kind="raised", ename="ValueError", message="no"),
        },
        heatmaps=figure([[1.0, 2.0]]),
    ),
    not_attempted=frozenset({"ablate_heads"}),
    names=frozenset({"scores", "x"}),
    notes=("A note.",),
    asked=ASKED,
)
BYTES = to_npz(PLAIN)


observations = (values() | failures()).map(piped)
texts = st.text(st.characters(), max_size=5).map(joined)  # half characters too
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
    overrun=texts,
)
kept = st.builds(
    Stored,
    submission=st.builds(
        Submission, name=texts, sha256=texts, student=st.none() | texts, cells=st.just(()),
        total_cells=st.integers(0, 9), notes=st.lists(texts, max_size=2).map(tuple),
    ),
    execution=executions,
    not_attempted=st.frozensets(texts, max_size=3),
    names=st.frozensets(texts, max_size=3),
    notes=st.lists(texts, max_size=2).map(tuple),
    asked=st.builds(
        Asked, world=texts, limits=texts, probes=st.dictionaries(texts, texts, max_size=3),
        seed=st.integers(0, 2**31), full=st.booleans(),
    ),
)  # fmt: skip


@given(kept)
def test_all_of_it_comes_back(stored: Stored) -> None:
    """Every value to the bit, failures, seconds, cells, heatmaps, notes; and the order of all."""
    found = from_npz(to_npz(stored), name="nb.npz")
    assert comparable(found) == comparable(stored)
    assert list(found.execution.observations) == list(stored.execution.observations)
    assert to_npz(found) == to_npz(stored)


@given(kept)
@settings(max_examples=30)
def test_numpy_reads_it_without_pickle(stored: Stored) -> None:
    """It is an ordinary file of arrays: numbers, and bytes of JSON."""
    with np.load(BytesIO(to_npz(stored)), allow_pickle=False) as arrays:
        assert json.loads(arrays["structure"].tobytes())["format"].endswith("stored/1")
        assert {arrays[name].dtype.kind for name in arrays} <= set("biuf")


def test_the_same_is_the_same_bytes() -> None:
    """No clock is in the file, and no order that a set happens to have."""
    names = [f"name_{i}" for i in range(50)]
    one, other = frozenset(names), frozenset(reversed(names))
    assert to_npz(replace(PLAIN, names=one)) == to_npz(replace(PLAIN, names=other))
    with ZipFile(BytesIO(BYTES)) as file:
        assert {member.date_time for member in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def damaged(data: bytes) -> str:
    """The one line that reading it ends with."""
    with pytest.raises(StoredError) as caught:
        from_npz(data, name="ana\u202e.npz")
    (line,) = str(caught.value).splitlines()
    assert line.startswith("ana\\u202e.npz ")
    assert "grade that submission again" in line
    return line


@given(st.data())
@settings(max_examples=300)
def test_a_damaged_file_is_said_to_be(data: st.DataObject) -> None:
    """Bytes changed or cut off anywhere: the whole as it was, or one line."""
    at = data.draw(st.integers(0, len(BYTES) - 1))
    new = data.draw(st.binary(max_size=6))
    cut = data.draw(st.booleans())
    broken = BYTES[:at] + new + (b"" if cut else BYTES[at + len(new) :])
    try:
        found = from_npz(broken, name="nb.npz")
    except StoredError:
        return
    assert comparable(found) == comparable(PLAIN)


@pytest.mark.parametrize("data", [b"", b"PK", b"\x00" * 100, b"{}"])
def test_another_file_is_refused(data: bytes) -> None:
    """Whatever lies there instead."""
    assert "is damaged" in damaged(data)


def changed(**changes: Any) -> bytes:
    """The file with other things in its structure, and the numbers that these speak of."""
    arrays = read_npz(BYTES)
    structure = json.loads(arrays.pop("structure").tobytes()) | changes
    text = json.dumps({k: v for k, v in structure.items() if v is not ...})
    named = {name: numbers for name, numbers in arrays.items() if f'"{name}"' in text}
    return write_npz({"structure": np.frombuffer(text.encode(), np.uint8), **named})


def seen(**node: Any) -> dict[str, Any]:
    """A structure with one observation."""
    return {"observations": {"a": node}}


NUMBERS = {"is": "numbers", "kind": "tensor", "array": "00000"}
DEEP: dict[str, Any] = {"is": "nothing"}
for _ in range(5):
    DEEP = {"is": "group", "kind": "list", "items": [DEEP]}
WRONG, ODD, NO_NUMBER = "a part of it is of another kind", "of no known kind", "no number"
BAD: list[tuple[dict[str, Any], str]] = [
    ({"seconds": ...}, ""),
    ({"seconds": []}, ""),
    ({"complete": 1}, WRONG),
    ({"notes": "text"}, WRONG),
    ({"names": [1]}, WRONG),
    ({"environment": {"torch": 2}}, WRONG),
    ({"environment": {"torch": {"a": "b"}}}, WRONG),
    ({"seconds": {"scores": float("nan")}}, NO_NUMBER),
    ({"seconds": {"scores": "1"}}, NO_NUMBER),
    ({"seconds": {"scores": 10**400}}, ""),
    ({"cells": [{"index": 0}]}, ""),
    ({"cells": [{"index": 0, "status": "ok", "seconds": 1.0, "extra": 1}]}, ""),
    ({"cells": [{"index": "0", "status": "ok", "seconds": 1.0}]}, WRONG),
    ({"cells": [{"index": 0, "status": "ok", "seconds": "1"}]}, NO_NUMBER),
    ({"asked": {"world": "", "limits": 5, "probes": {}, "seed": 1, "full": True}}, WRONG),
    ({"observations": {"a": NUMBERS, "b": NUMBERS}}, ""),
    (seen(**{**NUMBERS, "array": "structure"}), ""),
    (seen(**{**NUMBERS, "kind": "object"}), ODD),
    (seen(**{**NUMBERS, "kind": "float"}), ODD),
    (seen(**{"is": "failure", "kind": "x", "ename": "", "message": ""}), ODD),
    (seen(**{"is": "failure", "kind": "raised", "ename": 1, "message": ""}), WRONG),
    (seen(**{"is": "group", "kind": "set", "items": []}), ODD),
    (seen(**{"is": "text", "text": 1}), WRONG),
    (seen(**{"is": "pickle"}), ODD),
    (seen(**DEEP), "nested too deeply"),
    ({"observations": {"a": None}}, ""),
    ({"heatmaps": {"is": "nothing"}}, WRONG),
]


@pytest.mark.parametrize(("changes", "why"), BAD, ids=range(len(BAD)))
def test_a_structure_of_other_kinds_is_refused(changes: dict[str, Any], why: str) -> None:
    """Missing, unknown and misplaced parts; numbers twice, or of nothing."""
    assert f"is damaged: {why}" if why else "is damaged;" in damaged(changed(**changes))
    assert why in damaged(changed(**changes))


def test_a_structure_that_is_no_json_is_refused() -> None:
    """Nor one nested so deep that reading it is the attack."""
    for text in (b"[" * 100_000, b"\xff", b"[]", b"9" * 5000, b'{"format": NaN}'):
        structure = np.frombuffer(text, np.uint8)
        assert "is damaged" in damaged(write_npz({"structure": structure}))


def test_another_version_is_named_as_such() -> None:
    """An older grader's file is not damaged; it is to be made again all the same."""
    assert "another version of the grader" in damaged(changed(format="x/stored/0"))


ARRAY = "{{'descr': '{}', 'fortran_order': {}, 'shape': ({}), }}"


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (ARRAY.format("|O", False, "2,"), "an array is of another kind"),
        (ARRAY.format("<U2", False, "2,"), "an array is of another kind"),
        (ARRAY.format("<f16", False, "1,"), "an array is of another kind"),
        (ARRAY.format("<f8", True, "2,"), "an array is of another kind"),
        (ARRAY.format("<f8", False, ""), "an array is longer than it says"),
        (ARRAY.format("<f8", False, "1000000000000,"), "TypeError"),
        (ARRAY.format("<f8", False, "-2,"), "ValueError"),
        (ARRAY.format("<f8", False, f"{10**30},"), ""),
        (ARRAY.format("<f8", False, "2L,"), "UserWarning"),
        ("(" * 5000, ""),
    ],
)
def test_an_array_of_another_kind_is_refused(head: str, why: str) -> None:
    """Objects, other types, more or fewer numbers than there are bytes."""
    body = b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode() + b"\x00" * 16
    assert why in damaged(zipped({"structure.npy": body}))


def zipped(members: dict[str, bytes], compression: int = 0) -> bytes:
    """A zip of these."""
    file = BytesIO()
    with ZipFile(file, "w", compression) as opened:
        for name, body in members.items():
            opened.writestr(name, body)
    return file.getvalue()


def one_member() -> bytes:
    """The structure's array as it is in the file."""
    with ZipFile(BytesIO(BYTES)) as file:
        return file.read("structure.npy")


def test_nothing_in_it_is_compressed() -> None:
    """A file that could unfold to more than its size is not opened; nor one with a password."""
    for size in (50, 10**7):
        bomb = zipped({"structure.npy": b"\x00" * size}, ZIP_DEFLATED)
        assert "is compressed or locked" in damaged(bomb)
    locked = bytearray(BYTES)
    locked[BYTES.index(b"PK\x01\x02") + 8] |= 1
    assert "is compressed or locked" in damaged(bytes(locked))


def test_members_on_top_of_each_other_are_not_read() -> None:
    """A directory that names the same bytes many times is refused."""
    body = zipped({"a.npy": b"\x00" * 10_000})
    start = body.index(b"PK\x01\x02")
    end = body.index(b"PK\x05\x06")
    listed, last = body[start:end] * 50, bytearray(body[end:])
    last[8:12] = (50).to_bytes(2, "little") * 2
    last[12:16] = len(listed).to_bytes(4, "little")
    assert "holds more than was stored" in damaged(body[:start] + listed + bytes(last))


def test_a_member_that_is_no_array_is_refused() -> None:
    """Only arrays are in it, each with a name of its own."""
    assert "no array" in damaged(zipped({"readme.txt": b"hello"}))
    twice = zipped({"structure.npy": one_member(), "again____.npy": one_member()})
    assert "one name" in damaged(twice.replace(b"again____", b"structure"))
    assert "no part of it" in damaged(write_npz({**read_npz(BYTES), "extra": array([1]).array}))


def test_a_giant_file_is_not_opened() -> None:
    """The size is looked at first."""
    assert "is larger than 128 MB" in damaged(bytes(MAX_BYTES + 1))
