"""A wheel of the grader as it is installed here, and the versions of its dependencies."""

import base64
import configparser
import hashlib
import importlib.util
import io
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

from grader.errors import GraderError
from grader.integrations.packages.files import File, zip_files
from grader.labs import ENTRY_POINT_GROUP
from grader.protocol.installation import DISTRIBUTION, grader_version

_PACKAGES = ("grader", "rubrics", "student_template")
_REFERENCE = "reference"
_IGNORED_FOLDER = "__pycache__"
_WHEEL = """\
Wheel-Version: 1.0
Generator: induction-lab-grader
Root-Is-Purelib: true
Tag: py3-none-any
"""


def wheel_filename() -> str:
    """Return the wheel's file name, which pip prescribes."""
    return f"{_stem()}-py3-none-any.whl"


def build_wheel(
    *,
    replacements: Mapping[str, bytes],
    include_reference: bool = False,
    only_lab: str | None = None,
) -> bytes:
    """Build a wheel of the installed grader.

    Args:
        instead: Files that replace installed ones, by their paths in the wheel.
        reference: True to include the reference solution.
        lab: The only lab to register; all installed labs if None.

    Raises:
        GraderError: A part of the grader is not installed here.
    """
    packages = (*_PACKAGES, _REFERENCE) if include_reference else _PACKAGES
    files = {path: data for package in packages for path, data in _package_files(package)}
    files |= {**replacements, **dict(_metadata_files(only_lab))}
    record = f"{_stem()}.dist-info/RECORD"
    lines = [f"{path},sha256={_digest(data)},{len(data)}\n" for path, data in files.items()]
    files[record] = "".join([*lines, f"{record},,\n"]).encode()
    return zip_files({path: File(data) for path, data in files.items()})


def _stem() -> str:
    return f"{DISTRIBUTION.replace('-', '_')}-{grader_version()}"


def _package_files(package: str) -> Iterator[tuple[str, bytes]]:
    """Yield a Python package's files by their paths in the wheel."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise GraderError(f"{package!r} is not installed here, and the package needs it.")
    root = Path(spec.submodule_search_locations[0])
    for path in sorted(root.rglob("*")):
        if path.is_file() and _IGNORED_FOLDER not in path.parts:
            yield f"{package}/{path.relative_to(root).as_posix()}", path.read_bytes()


def _metadata_files(lab: str | None) -> Iterator[tuple[str, bytes]]:
    """Yield the ``dist-info`` files except RECORD, copied from the installed distribution."""
    installed = metadata.distribution(DISTRIBUTION)
    for name in ("METADATA", "entry_points.txt", "licenses/LICENSE"):
        text = installed.read_text(name)
        if text is None:
            raise GraderError(f"{DISTRIBUTION} is not installed as a package ({name} is missing).")
        if name == "entry_points.txt" and lab is not None:
            text = _with_only_lab(text, lab)
        yield f"{_stem()}.dist-info/{name}", text.encode()
    yield f"{_stem()}.dist-info/WHEEL", _WHEEL.encode()


def _with_only_lab(entry_points: str, lab: str) -> str:
    """Replace all labs in ``entry_points.txt`` by one."""
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keep upper case in names
    parser.read_string(entry_points)
    parser[ENTRY_POINT_GROUP] = {lab: "rubrics"}
    text = io.StringIO()
    parser.write(text)
    return text.getvalue()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def constraints_text() -> str:
    """Return a pip constraints file of the installed versions, for which the keys were built.

    Local version labels, such as torch's ``+cpu``, are dropped: the package index decides them.
    """
    lines = sorted(set(_dependency_versions()), key=str.lower)
    return "".join(f"{line}\n" for line in lines)


def _dependency_versions() -> Iterator[str]:
    """Yield ``name==version`` of all installed dependencies, direct and indirect."""
    seen, queue = {DISTRIBUTION}, [DISTRIBUTION]
    while queue:
        for requirement in _required(queue.pop()):
            name = requirement.name.lower().replace("_", "-")
            try:
                version = metadata.version(name)
            except metadata.PackageNotFoundError:
                continue  # required on another platform only
            yield f"{name}=={Version(version).public}"
            if name not in seen:
                seen.add(name)
                queue.append(name)


def _required(name: str) -> Iterator[Requirement]:
    for text in metadata.requires(name) or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement
