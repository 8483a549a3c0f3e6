"""Malicious zips: a bad file costs its student, a bad zip is refused, and the disk is safe."""

import io
import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.batch.discovery import zip_archive
from grader.batch.discovery.zip_archive import ZipArchive
from grader.errors import GraderError, SubmissionError
from grader.files.untrusted import FileReadError
from tests.batch.builders import (  # fmt: skip
    LAB,
    find,
    lab_notebook,
    notebook_bytes,
    write_zip,
    write_zip_with,
    zip_member,
)


def files_below(folder: Path) -> set[str]:
    """Return the paths of all files below a folder."""
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
    """Path traversal and overlong names are refused, and other students are graded."""
    path = write_zip_with(tmp_path / "x.zip", (zip_member(name), LAB))
    before = files_below(tmp_path)
    submissions = find(path)
    assert list(submissions) == sorted(["ada", "bob", student])
    assert "cannot be read: " in (submissions[student].refusal or "")
    assert {Path(p).parts[0] for p in files_below(tmp_path) - before} == {"unpacked"}
    assert len(files_below(tmp_path) - before) == 2


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
    """Links, devices and folders in place of a notebook are refused."""
    path = write_zip_with(
        tmp_path / "x.zip", (zip_member("eve/lab.ipynb", kind | 0o777), b"/etc/passwd")
    )
    assert find(path)["eve"].refusal == f"lab.ipynb cannot be read: {why}."


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """A duplicate name is refused, since programs disagree on which file it is."""
    members = [
        (zip_member("eve/lab.ipynb"), LAB),
        (zip_member("eve//lab.ipynb"), lab_notebook("heads")),
    ]
    path = write_zip_with(tmp_path / "x.zip", *members, (zip_member("../ada/lab.ipynb"), b""))
    submissions = find(path)
    assert submissions["eve"].refusal == "lab.ipynb cannot be read: the zip holds it twice."
    both = write_zip_with(
        tmp_path / "y.zip", (zip_member("eve"), b""), (zip_member("eve/lab.ipynb"), LAB)
    )
    assert find(both)["eve"].notes == ("eve was not looked at: the zip holds it twice.",)
    assert notebook_bytes(submissions["ada"]) == LAB


def two(path: Path) -> Path:
    """Write a zip of two students."""
    return write_zip(path / "x.zip", {"eve.ipynb": LAB, "ada.ipynb": LAB})


def flagged(path: Path, name: bytes, *, flags: int = 0, method: int = 8) -> Path:
    """Set the flags and the method of the last member of this name."""
    data = bytearray(path.read_bytes())
    at = data.rindex(name) - 46
    assert data[at : at + 4] == b"PK\1\2"
    struct.pack_into("<HH", data, at + 8, flags, method)
    path.write_bytes(bytes(data))
    return path


def test_an_encrypted_notebook_is_refused(tmp_path: Path) -> None:
    """An encrypted notebook costs its student; an encrypted zip is refused."""
    path = flagged(two(tmp_path), b"eve", flags=1)
    assert find(path)["eve"].refusal == "eve.ipynb cannot be read: it is encrypted."
    assert notebook_bytes(find(path)["ada"]) == LAB
    with pytest.raises(SubmissionError, match="is encrypted: unzip it with its password"):
        find(flagged(path, b"ada", flags=1))


@pytest.mark.parametrize("method", [9, 12, 14, 99])
def test_methods_of_other_programs_are_refused(tmp_path: Path, method: int) -> None:
    """Other compression methods are refused: LZMA may demand gigabytes of memory."""
    path = flagged(two(tmp_path), b"eve", method=method)
    assert "packed in a way that is not read here" in (find(path)["eve"].refusal or "")


def test_a_notebook_over_the_limit_is_refused(tmp_path: Path) -> None:
    """The size limit holds for the unpacked bytes, whatever the zip declares."""
    large = b" " * 2**20 + LAB
    path = write_zip_with(tmp_path / "x.zip", (zip_member("eve/lab.ipynb"), large))
    said = "lab.ipynb is too large: it is larger than 1 MB: clear the outputs and save it again."
    assert find(path)["eve"].refusal == said
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<L", len(large)), struct.pack("<L", 100)))
    refusal = find(path)["eve"].refusal
    assert refusal is not None
    assert files_below(tmp_path / "unpacked") == {f"{n:06d}/lab.ipynb" for n in (1, 3)}


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    """A compression ratio of a thousand is refused as a zip bomb."""
    path = write_zip_with(tmp_path / "x.zip", (zip_member("eve/lab.ipynb"), bytes(2**25)))
    archive = ZipArchive(path, tmp_path)
    (eve,) = (entry for entry in archive.entries if entry.parts == ("eve", "lab.ipynb"))
    with pytest.raises(FileReadError, match="a zip bomb"):
        archive.read(eve, 2**30)
    archive.close()


def test_all_notebooks_together_have_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The unpacked bytes of all notebooks together are limited."""
    monkeypatch.setattr(zip_archive, "MAX_UNPACKED_BYTES", len(LAB))
    submissions = find(write_zip_with(tmp_path / "x.zip"))
    assert notebook_bytes(submissions["ada"]) == LAB
    assert "grade it in parts" in (submissions["bob"].refusal or "")


@pytest.mark.parametrize(("limit", "most"), [("MAX_ENTRIES", 1), ("MAX_DIRECTORY_BYTES", 50)])
def test_a_zip_of_too_many_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    """The number of files and the size of the central directory are limited."""
    monkeypatch.setattr(zip_archive, limit, most)
    with pytest.raises(SubmissionError, match="holds more files than any course hands in"):
        find(write_zip_with(tmp_path / "x.zip"))


def test_a_damaged_notebook_costs_its_student(tmp_path: Path) -> None:
    """A notebook with a wrong checksum costs only its student."""
    path = write_zip_with(
        tmp_path / "x.zip", (zip_member("eve/lab.ipynb"), b"eve's own" + os.urandom(99))
    )
    data = bytearray(path.read_bytes())
    data[data.rindex(b"eve's own") if b"eve's own" in data else data.index(b"eve/") + 30] ^= 255
    path.write_bytes(bytes(data))
    submissions = find(path)
    assert submissions["eve"].refusal == "lab.ipynb cannot be read: it is damaged in the zip."
    assert notebook_bytes(submissions["ada"]) == LAB


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", b"PK\5\6" + b"\xff" * 18])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    """A file that is no zip is refused in one line."""
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(SubmissionError, match=r"is not a zip, or is damaged: download it again"):
        find(tmp_path / "x.zip")


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    """A path that cannot be opened is refused with the system's reason."""
    with pytest.raises(SubmissionError, match=r"Cannot read .*: Is a directory"):
        ZipArchive(tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [(6, 255, ""), (9, 8, ""), (8, 0x20, "eve.ipynb cannot be read: it is damaged in the zip.")],
    ids=["version", "name that is no UTF-8", "patched data"],
)
def test_what_zips_of_the_future_hold_is_refused(
    tmp_path: Path, at: int, value: int, said: str
) -> None:
    """Unsupported features of a zip are refused, per student if possible."""
    path = two(tmp_path)
    data = bytearray(path.read_bytes().replace(b"eve", b"ev\xff"))
    listed = data.rindex(b"ev\xff") - 46
    data[listed + at] = value
    path.write_bytes(bytes(data) if not said else bytes(data).replace(b"ev\xff", b"eve"))
    if said:
        assert find(path)["eve"].refusal == said
    else:
        with pytest.raises(SubmissionError, match="is not a zip, or is damaged"):
            find(path)


def test_a_list_that_points_nowhere_costs_no_more_than_its_files(tmp_path: Path) -> None:
    """A wrong offset of the central directory only damages the files it points to."""
    path = two(tmp_path)
    data = bytearray(path.read_bytes())
    (start,) = struct.unpack_from("<L", data, len(data) - 6)
    struct.pack_into("<L", data, len(data) - 6, start + 1000)
    path.write_bytes(bytes(data))
    for one in find(path).values():
        assert (one.refusal or "").endswith("cannot be read: it is damaged in the zip.")


def test_a_cut_off_zip_is_refused(tmp_path: Path) -> None:
    """A truncated zip is refused: its central directory is at the end."""
    path = write_zip_with(tmp_path / "x.zip")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(SubmissionError, match="is not a zip, or is damaged"):
        find(path)


def _sound_zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as written:
        for name in ("ada/lab.ipynb", "bob/lab.ipynb", "bob/lab2.ipynb", "cy_1_2_lab.ipynb"):
            written.writestr(name, LAB)
    return data.getvalue()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(_sound_zip()) - 1), st.integers(0, 255)), max_size=8
    )
)
def test_any_damage_ends_in_a_clear_line(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    """Whatever bytes are changed, submissions are found or one error is raised."""
    data = bytearray(_sound_zip())
    for at, value in changes:
        data[at] = value
    (tmp_path / "x.zip").write_bytes(bytes(data))
    message = "one line"
    try:
        find(tmp_path / "x.zip")
    except SubmissionError as error:
        message = str(error)
    assert message.isprintable()


def test_a_disk_that_takes_nothing_is_no_students_fault(tmp_path: Path) -> None:
    """If the private folder cannot be written, the batch fails and no student does."""
    (tmp_path / "unpacked").write_text("a file in its place")
    with pytest.raises(GraderError, match="Cannot write") as caught:
        find(write_zip_with(tmp_path / "x.zip"))
    assert caught.value.exit_code == 3


def test_only_notebooks_are_unpacked(tmp_path: Path) -> None:
    """Only notebooks are unpacked."""
    files = {"ada/lab.ipynb": LAB, "ada/x.py": b"", "ada/x.zip": b"", "bob/x.pdf": b""}
    submissions = find(write_zip(tmp_path / "x.zip", files))
    assert {Path(p).name for p in files_below(tmp_path / "unpacked")} == {"lab.ipynb"}
    assert submissions["ada"].notes == ("Not opened: x.zip.",)
