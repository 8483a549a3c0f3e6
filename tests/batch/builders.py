"""What instructors have: folders and zips of notebooks, and what is found in them."""

import json
import stat
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from grader.batch.discovery.find import Wanted, find_submissions
from grader.batch.discovery.submission import Found
from grader.rubric.model import Limits
from tests.text_files import notebook

WANTED = Wanted(names=frozenset({"scores", "heads", "ablate"}), limits=Limits(file_mb=1))


def lab(*functions: str, stubs: Iterable[str] = ()) -> bytes:
    """A notebook that defines these functions, and these without doing anything in them."""
    cells = [f"def {name}(model):\n    return model" for name in functions]
    cells += [f"def {name}(model):\n    raise NotImplementedError" for name in stubs]
    return json.dumps(notebook(*cells, "x = 1")).encode()


LAB = lab("scores")


def laid(folder: Path, files: Mapping[str, bytes | None]) -> Path:
    """A folder with these files; None makes a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.mkdir(exist_ok=True)
        else:
            path.write_bytes(content)
    return folder


def zipped(path: Path, files: Mapping[str, bytes | None]) -> Path:
    """A zip with these files; None makes a folder."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            if content is None:
                archive.writestr(zipfile.ZipInfo(f"{name}/"), b"")
            else:
                archive.writestr(name, content)
    return path


def packed(path: Path, *members: tuple[zipfile.ZipInfo, bytes]) -> Path:
    """A zip with exactly these members, and two students who did nothing odd."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ada/lab.ipynb", LAB)
        archive.writestr("bob/lab.ipynb", LAB)
        for info, content in members:
            with warnings.catch_warnings():  # a name may stand twice
                warnings.simplefilter("ignore")
                archive.writestr(info, content)
    return path


def member(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    """A file of a zip with this very name and mode."""
    info = zipfile.ZipInfo("placeholder")
    info.filename = info.orig_filename = name
    info.external_attr = mode << 16
    info.create_system = 3
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def found(path: Path, wanted: Wanted = WANTED) -> dict[str, Found]:
    """What is found, by student; everything unpacked lies in one private folder beside it."""
    into = path.parent / "unpacked"
    submissions = find_submissions(path, into, wanted)
    assert [one.student for one in submissions] == sorted({one.student for one in submissions})
    for one in submissions:
        assert (one.notebook is None) != (one.refusal is None)
        assert all(line.isprintable() for line in (*one.notes, one.refusal or ""))
        if path.is_file() and one.notebook is not None:
            assert one.notebook.resolve().is_relative_to(into.resolve())
    return {one.student: one for one in submissions}


def content(one: Found) -> bytes:
    """The notebook that is graded."""
    assert one.notebook is not None
    return one.notebook.read_bytes()
