"""Names of files in a zip: any encoding, any character, and a portable name on disk."""

import zipfile
from pathlib import Path

import pytest

from tests.batch.builders import (
    LAB,
    find,
    notebook_bytes,
    write_zip,
    write_zip_with,
    zip_member,
)


@pytest.mark.parametrize("flag", [True, False])
def test_names_are_utf8_whether_or_not_the_zip_says_so(tmp_path: Path, *, flag: bool) -> None:
    """Names are decoded as UTF-8 without the flag too, as macOS and Canvas write them."""
    names = ["Zoë", "├½", "李"] if flag else ["Zoë", "李"]
    path = write_zip(tmp_path / "x.zip", {f"{name}.ipynb": LAB for name in names})
    if not flag:
        path.write_bytes(path.read_bytes().replace(b"\0\x08\x08\0", b"\0\0\x08\0"))
        assert zipfile.ZipFile(path).namelist() != ["Zoë.ipynb", "李.ipynb"]
    assert list(find(path)) == names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("con.ipynb", "_con.ipynb"),
        ("ab:c.ipynb", "ab_c.ipynb"),
        ("x\n=cmd|'c'!A0.ipynb", "x_=cmd_'c'!A0.ipynb"),
        ("\u202e.ipynb", "\u202e.ipynb"),
        ("con." + "é" * 122 + "x.ipynb", "_con." + "é" * 48 + ".ipynb"),
    ],
)
def test_odd_names_are_keys_as_they_are(tmp_path: Path, name: str, expected: str) -> None:
    """Odd names stay the student's key; the unpacked file has a portable name."""
    one = find(write_zip_with(tmp_path / "x.zip", (zip_member(f"{name[:-6]}/{name}"), LAB)))[
        name[:-6]
    ]
    assert notebook_bytes(one) == LAB
    assert one.notebook is not None
    assert one.notebook.name == expected
