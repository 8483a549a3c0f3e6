"""The wheel that is packed: the grader whole, the answers left out."""

import base64
import csv
import hashlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.integrations.packages.files import File, zipped
from grader.integrations.packages.wheel import pins, wheel, wheel_name

ROOT = Path(__file__).parents[3]
KEY = "rubrics/keys/induction_heads.key"


@pytest.fixture(scope="module")
def packed() -> zipfile.ZipFile:
    """The wheel, as it is packed for students."""
    return zipfile.ZipFile(io.BytesIO(wheel(instead={KEY: b"another key"})))


def test_no_line_of_the_reference_is_in_it(packed: zipfile.ZipFile) -> None:
    """Neither its folder nor its functions' own lines, unless it is asked for."""
    assert not [name for name in packed.namelist() if name.startswith("reference")]
    with_it = zipfile.ZipFile(io.BytesIO(wheel(instead={}, reference=True)))
    assert "reference/induction_heads/scores.py" in with_it.namelist()


def test_everything_else_is_in_it(packed: zipfile.ZipFile) -> None:
    """Every file of the packages, compiled ones left out; and no test."""
    for package in ("grader", "rubrics", "student_template"):
        files = [p for p in (ROOT / package).rglob("*") if p.is_file() and p.suffix != ".pyc"]
        missing = {p.relative_to(ROOT).as_posix() for p in files} - set(packed.namelist())
        assert not missing
    assert not [n for n in packed.namelist() if n.endswith(".pyc") or n.startswith("tests")]


def test_a_file_may_take_anothers_place(packed: zipfile.ZipFile) -> None:
    """An instructor's key is the one that students check against."""
    assert packed.read(KEY) == b"another key"


def test_its_record_is_true(packed: zipfile.ZipFile) -> None:
    """Each file once, with its digest and length: pip and auditors check it."""
    record = next(name for name in packed.namelist() if name.endswith("RECORD"))
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(packed.read(record).decode()))}
    assert set(rows) == set(packed.namelist())
    for name, (digest, length) in rows.items():
        if name != record:
            data = packed.read(name)
            found = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            assert (digest, length) == (f"sha256={found}", str(len(data)))


def test_pip_installs_it(tmp_path: Path) -> None:
    """Into an empty folder, with its command and its entry points."""
    path = tmp_path / wheel_name()
    path.write_bytes(wheel(instead={}))
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(tmp_path / "there"), str(path)], check=True)
    assert (tmp_path / "there" / "bin" / "grade").exists()
    assert (tmp_path / "there" / "rubrics" / "induction_heads.yaml").exists()


def test_the_same_files_give_the_same_bytes() -> None:
    """Packing twice changes nothing, so a changed digest is a changed grader."""
    assert wheel(instead={}) == wheel(instead={})


def test_programs_are_marked_as_such() -> None:
    """Gradescope starts ``run_autograder`` as it lies in the zip."""
    found = zipfile.ZipFile(io.BytesIO(zipped({"run": File(b"#!", runs=True), "data": File(b"")})))
    modes = {info.filename: info.external_attr >> 16 for info in found.infolist()}
    assert modes == {"run": 0o100755, "data": 0o100644}


def test_pins_name_what_is_installed_here_and_no_build() -> None:
    """Torch's own mark of a build is no version that an index has."""
    lines = dict(line.split("==") for line in pins().splitlines())
    assert {"torch", "transformer-lens", "numpy", "nbclient", "transformers"} <= set(lines)
    assert "induction-lab-grader" not in lines
    assert not any("+" in version for version in lines.values())
