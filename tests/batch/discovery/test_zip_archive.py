"""Zips made to do harm: a bad file costs its student, a bad zip the batch, and nothing the disk."""

import io
import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.batch.discovery import zip_archive as archive
from grader.batch.discovery.zip_archive import Archive
from grader.errors import GraderError, SubmissionError
from grader.files.untrusted import ReadingError
from tests.batch.builders import LAB, content, found, lab, member, packed, zipped


def on_disk(folder: Path) -> set[str]:
    """Every file below a folder."""
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()}


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("../../eve/lab.ipynb", "eve"),
        ("eve/../../lab.ipynb", "eve"),
        ("eve/..", "eve"),
        ("/eve/lab.ipynb", "eve"),
        ("C:/eve/lab.ipynb", "C:"),
        ("eve\\lab.ipynb", "eve"),
        ("eve/la\0b.ipynb", "eve"),
        ("eve/" + "é" * 130 + ".ipynb", "eve"),
        ("eve/" + "9" * 30_000 + ".ipynb", "eve"),
        ("eve/" + "a/" * 30_000 + "lab.ipynb", "eve"),
    ],
)
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str, student: str) -> None:
    """Nothing is written for such a name, and who has it is told; the others are graded."""
    path = packed(tmp_path / "x.zip", (member(name), LAB))
    before = on_disk(tmp_path)
    submissions = found(path)
    assert list(submissions) == sorted(["ada", "bob", student])
    assert "cannot be read: " in (submissions[student].refusal or "")
    assert {Path(p).parts[0] for p in on_disk(tmp_path) - before} == {"unpacked"}
    assert len(on_disk(tmp_path) - before) == 2


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (stat.S_IFLNK, "it is a link, which is not followed"),
        (stat.S_IFCHR, "it is not a file"),
        (stat.S_IFIFO, "it is not a file"),
        (stat.S_IFDIR, "it is a folder, not a notebook's file"),
    ],
)
def test_what_is_no_file_is_refused(tmp_path: Path, kind: int, why: str) -> None:
    """Links, devices and folders in place of a notebook."""
    path = packed(tmp_path / "x.zip", (member("eve/lab.ipynb", kind | 0o777), b"/etc/passwd"))
    assert found(path)["eve"].refusal == f"lab.ipynb cannot be read: {why}."


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Two programs would see two different notebooks; a name that leads out takes no one's."""
    members = [(member("eve/lab.ipynb"), LAB), (member("eve//lab.ipynb"), lab("heads"))]
    path = packed(tmp_path / "x.zip", *members, (member("../ada/lab.ipynb"), b""))
    submissions = found(path)
    assert submissions["eve"].refusal == "lab.ipynb cannot be read: the zip holds it twice."
    both = packed(tmp_path / "y.zip", (member("eve"), b""), (member("eve/lab.ipynb"), LAB))
    assert found(both)["eve"].notes == ("eve was not looked at: the zip holds it twice.",)
    assert content(submissions["ada"]) == LAB


def two(path: Path) -> Path:
    """A zip of two students."""
    return zipped(path / "x.zip", {"eve.ipynb": LAB, "ada.ipynb": LAB})


def flagged(path: Path, name: bytes, *, flags: int = 0, method: int = 8) -> Path:
    """A zip with these flags and method in its list, for the member of this name."""
    data = bytearray(path.read_bytes())
    at = data.rindex(name) - 46
    assert data[at : at + 4] == b"PK\1\2"
    struct.pack_into("<HH", data, at + 8, flags, method)
    path.write_bytes(bytes(data))
    return path


def test_an_encrypted_notebook_is_refused(tmp_path: Path) -> None:
    """As its student's; a zip in which everything is encrypted, as the instructor's."""
    path = flagged(two(tmp_path), b"eve", flags=1)
    assert found(path)["eve"].refusal == "eve.ipynb cannot be read: it is encrypted."
    assert content(found(path)["ada"]) == LAB
    with pytest.raises(SubmissionError, match="is encrypted: unzip it with its password"):
        found(flagged(path, b"ada", flags=1))


@pytest.mark.parametrize("method", [9, 12, 14, 99])
def test_methods_of_other_programs_are_refused(tmp_path: Path, method: int) -> None:
    """LZMA may ask for gigabytes to unpack nothing; platforms use none of these."""
    path = flagged(two(tmp_path), b"eve", method=method)
    assert "packed in a way that is not read here" in (found(path)["eve"].refusal or "")


def test_a_notebook_over_the_limit_is_refused(tmp_path: Path) -> None:
    """By what it is when unpacked, whatever the zip says of its size."""
    large = b" " * 2**20 + LAB
    path = packed(tmp_path / "x.zip", (member("eve/lab.ipynb"), large))
    said = "lab.ipynb is too large: it is larger than 1 MB: clear the outputs and save it again."
    assert found(path)["eve"].refusal == said
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<L", len(large)), struct.pack("<L", 100)))
    refusal = found(path)["eve"].refusal
    assert refusal is not None
    assert on_disk(tmp_path / "unpacked") == {f"{n:06d}/lab.ipynb" for n in (1, 3)}


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    """What shrinks to a thousandth is no notebook, even where a file may be as large."""
    path = packed(tmp_path / "x.zip", (member("eve/lab.ipynb"), bytes(2**25)))
    zip_ = Archive(path, tmp_path)
    (eve,) = (entry for entry in zip_.entries if entry.parts == ("eve", "lab.ipynb"))
    with pytest.raises(ReadingError, match="a zip bomb"):
        zip_.read(eve, 2**30)
    zip_.close()


def test_all_notebooks_together_have_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted as they are unpacked; who comes first is graded."""
    monkeypatch.setattr(archive, "MAX_TAKEN", len(LAB))
    submissions = found(packed(tmp_path / "x.zip"))
    assert content(submissions["ada"]) == LAB
    assert "grade it in parts" in (submissions["bob"].refusal or "")


@pytest.mark.parametrize(("limit", "most"), [("MAX_ENTRIES", 1), ("MAX_DIRECTORY", 50)])
def test_a_zip_of_too_many_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    """By their number, and by the length of their list before it is read."""
    monkeypatch.setattr(archive, limit, most)
    with pytest.raises(SubmissionError, match="holds more files than any course hands in"):
        found(packed(tmp_path / "x.zip"))


def test_a_damaged_notebook_costs_its_student(tmp_path: Path) -> None:
    """The sum does not fit; the others are graded."""
    path = packed(tmp_path / "x.zip", (member("eve/lab.ipynb"), b"eve's own" + os.urandom(99)))
    data = bytearray(path.read_bytes())
    data[data.rindex(b"eve's own") if b"eve's own" in data else data.index(b"eve/") + 30] ^= 255
    path.write_bytes(bytes(data))
    submissions = found(path)
    assert submissions["eve"].refusal == "lab.ipynb cannot be read: it is damaged in the zip."
    assert content(submissions["ada"]) == LAB


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", b"PK\5\6" + b"\xff" * 18])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    """In one line."""
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(SubmissionError, match=r"is not a zip, or is damaged: download it again"):
        found(tmp_path / "x.zip")


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    """With the system's reason."""
    with pytest.raises(SubmissionError, match=r"Cannot read .*: Is a directory"):
        Archive(tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [(6, 255, ""), (9, 8, ""), (8, 0x20, "eve.ipynb cannot be read: it is damaged in the zip.")],
    ids=["version", "name that is no UTF-8", "patched data"],
)
def test_what_zips_of_the_future_hold_is_refused(
    tmp_path: Path, at: int, value: int, said: str
) -> None:
    """As the zip's fault, or where it can be as one student's."""
    path = two(tmp_path)
    data = bytearray(path.read_bytes().replace(b"eve", b"ev\xff"))
    listed = data.rindex(b"ev\xff") - 46
    data[listed + at] = value
    path.write_bytes(bytes(data) if not said else bytes(data).replace(b"ev\xff", b"eve"))
    if said:
        assert found(path)["eve"].refusal == said
    else:
        with pytest.raises(SubmissionError, match="is not a zip, or is damaged"):
            found(path)


def test_a_list_that_points_nowhere_costs_no_more_than_its_files(tmp_path: Path) -> None:
    """A position before the beginning is a damaged file like any other."""
    path = two(tmp_path)
    data = bytearray(path.read_bytes())
    (start,) = struct.unpack_from("<L", data, len(data) - 6)
    struct.pack_into("<L", data, len(data) - 6, start + 1000)
    path.write_bytes(bytes(data))
    for one in found(path).values():
        assert (one.refusal or "").endswith("cannot be read: it is damaged in the zip.")


def test_a_cut_off_zip_is_refused(tmp_path: Path) -> None:
    """Its list of contents is at the end."""
    path = packed(tmp_path / "x.zip")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(SubmissionError, match="is not a zip, or is damaged"):
        found(path)


def _whole() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as written:
        for name in ("ada/lab.ipynb", "bob/lab.ipynb", "bob/lab2.ipynb", "cy_1_2_lab.ipynb"):
            written.writestr(name, LAB)
    return data.getvalue()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    changes=st.lists(st.tuples(st.integers(0, len(_whole()) - 1), st.integers(0, 255)), max_size=8)
)
def test_any_damage_ends_in_a_clear_line(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    """Whatever bytes are changed: submissions are found, or one error is raised."""
    data = bytearray(_whole())
    for at, value in changes:
        data[at] = value
    (tmp_path / "x.zip").write_bytes(bytes(data))
    said = "a line"
    try:
        found(tmp_path / "x.zip")
    except SubmissionError as error:
        said = str(error)
    assert said.isprintable()


@pytest.mark.parametrize("flag", [True, False])
def test_names_are_utf8_whether_or_not_the_zip_says_so(tmp_path: Path, *, flag: bool) -> None:
    """Those of macOS and Canvas are, and do not say so; what a zip says is taken as said."""
    names = ["Zoë", "├½", "李"] if flag else ["Zoë", "李"]
    path = zipped(tmp_path / "x.zip", {f"{name}.ipynb": LAB for name in names})
    if not flag:
        path.write_bytes(path.read_bytes().replace(b"\0\x08\x08\0", b"\0\0\x08\0"))
        assert zipfile.ZipFile(path).namelist() != ["Zoë.ipynb", "李.ipynb"]
    assert list(found(path)) == names


@pytest.mark.parametrize(
    ("name", "on_disk"),
    [
        ("con.ipynb", "_con.ipynb"),
        ("ab:c.ipynb", "ab_c.ipynb"),
        ("x\n=cmd|'c'!A0.ipynb", "x_=cmd_'c'!A0.ipynb"),
        ("\u202e.ipynb", "\u202e.ipynb"),
        ("con." + "é" * 122 + "x.ipynb", "_con." + "é" * 48 + ".ipynb"),
    ],
)
def test_odd_names_are_keys_as_they_are(tmp_path: Path, name: str, on_disk: str) -> None:
    """The file on disk has a name that any system takes."""
    one = found(packed(tmp_path / "x.zip", (member(f"{name[:-6]}/{name}"), LAB)))[name[:-6]]
    assert content(one) == LAB
    assert one.notebook is not None
    assert one.notebook.name == on_disk


def test_a_disk_that_takes_nothing_is_no_students_fault(tmp_path: Path) -> None:
    """Where the private folder cannot be written, nothing is graded as ungradable."""
    (tmp_path / "unpacked").write_text("a file in its place")
    with pytest.raises(GraderError, match="Cannot write") as caught:
        found(packed(tmp_path / "x.zip"))
    assert caught.value.exit_code == 3


def test_only_notebooks_are_unpacked(tmp_path: Path) -> None:
    """Of all else the names are enough."""
    files = {"ada/lab.ipynb": LAB, "ada/x.py": b"", "ada/x.zip": b"", "bob/x.pdf": b""}
    submissions = found(zipped(tmp_path / "x.zip", files))
    assert {Path(p).name for p in on_disk(tmp_path / "unpacked")} == {"lab.ipynb"}
    assert submissions["ada"].notes == ("Not opened: x.zip.",)
