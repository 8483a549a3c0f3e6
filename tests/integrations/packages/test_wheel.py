"""Tests of the packed wheel: it has the whole grader, without the answers."""

import base64
import csv
import hashlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.integrations.packages.files import File, zip_files
from grader.integrations.packages.wheel import build_wheel, constraints_text, wheel_filename

ROOT = Path(__file__).parents[3]
KEY = "rubrics/keys/induction_heads.key"


@pytest.fixture(scope="module")
def packed() -> zipfile.ZipFile:
    """Build the wheel as it is packed for students."""
    return zipfile.ZipFile(io.BytesIO(build_wheel(replacements={KEY: b"another key"})))


def test_no_line_of_the_reference_is_in_it(packed: zipfile.ZipFile) -> None:
    """The reference solution is packed only on request."""
    assert not [name for name in packed.namelist() if name.startswith("reference")]
    with_reference = zipfile.ZipFile(
        io.BytesIO(build_wheel(replacements={}, include_reference=True))
    )
    assert "reference/induction_heads/scores.py" in with_reference.namelist()


def test_everything_else_is_in_it(packed: zipfile.ZipFile) -> None:
    """Every file of the packages is packed, scripts included, but no compiled file and no test."""
    for package in ("grader", "rubrics", "student_template"):
        files = [p for p in (ROOT / package).rglob("*") if p.is_file() and p.suffix != ".pyc"]
        missing = {p.relative_to(ROOT).as_posix() for p in files} - set(packed.namelist())
        assert not missing
    assert not [n for n in packed.namelist() if n.endswith(".pyc") or n.startswith("tests")]


def test_a_file_can_be_replaced(packed: zipfile.ZipFile) -> None:
    """An instructor's key replaces the shipped one, so that students check against it."""
    assert packed.read(KEY) == b"another key"


def test_its_record_is_correct(packed: zipfile.ZipFile) -> None:
    """RECORD lists each file once, with its digest and length."""
    record = next(name for name in packed.namelist() if name.endswith("RECORD"))
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(packed.read(record).decode()))}
    assert set(rows) == set(packed.namelist())
    for name, (digest, length) in rows.items():
        if name != record:
            data = packed.read(name)
            digest_of_data = (
                base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            )
            assert (digest, length) == (f"sha256={digest_of_data}", str(len(data)))


def test_pip_installs_it(tmp_path: Path) -> None:
    """An installation has the ``grade`` command and the rubric."""
    path = tmp_path / wheel_filename()
    path.write_bytes(build_wheel(replacements={}))
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(tmp_path / "target"), str(path)], check=True)
    assert (tmp_path / "target" / "bin" / "grade").exists()
    assert (tmp_path / "target" / "rubrics" / "induction_heads" / "rubric.yaml").exists()


def test_the_same_files_give_the_same_bytes() -> None:
    """Building twice gives equal bytes, so a changed digest means a changed grader."""
    assert build_wheel(replacements={}) == build_wheel(replacements={})


def test_scripts_are_executable() -> None:
    """The zip keeps executable bits: Gradescope runs ``run_autograder`` as it is unpacked."""
    files = {"run": File(b"#!", executable=True), "data": File(b"")}
    archive = zipfile.ZipFile(io.BytesIO(zip_files(files)))
    modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
    assert modes == {"run": 0o100755, "data": 0o100644}


def test_constraints_have_installed_versions_without_build_labels() -> None:
    """A label such as torch's ``+cpu`` is dropped, because not every index has that version."""
    lines = dict(line.split("==") for line in constraints_text().splitlines())
    assert {"torch", "transformer-lens", "numpy", "nbclient", "transformers"} <= set(lines)
    assert "induction-lab-grader" not in lines
    assert not any("+" in version for version in lines.values())
