"""Builds folders and zips of notebooks, as instructors have them, and finds submissions in them."""

import json
import stat
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from grader.batch.discovery.find import SearchOptions, find_submissions
from grader.batch.discovery.student_files import StudentFiles
from grader.rubric.sections import Limits
from tests.text_files import notebook

OPTIONS = SearchOptions(names=frozenset({"scores", "heads", "ablate"}), limits=Limits(file_mb=1))


def lab_notebook(*functions: str, stubs: Iterable[str] = ()) -> bytes:
    """Return a notebook that defines these functions, and these as stubs."""
    cells = [f"def {name}(model):\n    return model" for name in functions]
    cells += [f"def {name}(model):\n    raise NotImplementedError" for name in stubs]
    return json.dumps(notebook(*cells, "x = 1")).encode()


LAB = lab_notebook("scores")


def write_folder(folder: Path, files: Mapping[str, bytes | None]) -> Path:
    """Write files into a folder; None makes a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.mkdir(exist_ok=True)
        else:
            path.write_bytes(content)
    return folder


def write_zip(path: Path, files: Mapping[str, bytes | None]) -> Path:
    """Write a zip with these files; None makes a folder."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            if content is None:
                archive.writestr(zipfile.ZipInfo(f"{name}/"), b"")
            else:
                archive.writestr(name, content)
    return path


def write_zip_with(path: Path, *members: tuple[zipfile.ZipInfo, bytes]) -> Path:
    """Write a zip with these members, byte for byte, beside two ordinary students."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ada/lab.ipynb", LAB)
        archive.writestr("bob/lab.ipynb", LAB)
        for info, content in members:
            with warnings.catch_warnings():  # a name may occur twice
                warnings.simplefilter("ignore")
                archive.writestr(info, content)
    return path


def zip_member(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    """Return the entry of a zip with exactly this name and mode."""
    info = zipfile.ZipInfo("placeholder")
    info.filename = info.orig_filename = name
    info.external_attr = mode << 16
    info.create_system = 3
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def find(path: Path, options: SearchOptions = OPTIONS) -> dict[str, StudentFiles]:
    """Return the submissions by student, and check what holds for every search."""
    unpack_into = path.parent / "unpacked"
    submissions = find_submissions(path, unpack_into, options)
    assert [one.student for one in submissions] == sorted({one.student for one in submissions})
    for one in submissions:
        assert (one.notebook is None) != (one.refusal is None)
        assert all(line.isprintable() for line in (*one.notes, one.refusal or ""))
        if path.is_file() and one.notebook is not None:
            assert one.notebook.resolve().is_relative_to(unpack_into.resolve())
    return {one.student: one for one in submissions}


def notebook_bytes(one: StudentFiles) -> bytes:
    """Return the bytes of the notebook that is graded."""
    assert one.notebook is not None
    return one.notebook.read_bytes()
