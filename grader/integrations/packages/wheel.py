"""The versions of everything the grader needs, as they are installed here."""

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
from grader.integrations.packages.files import File, zipped
from grader.labs import GROUP

# MERGED: A wheel of the grader as it is installed here, with or without the reference.
DISTRIBUTION = "induction-lab-grader"
_PACKAGES = ("grader", "rubrics", "student_template")
_REFERENCE = "reference"
_LEFT_OUT = "__pycache__"
_WHEEL = """\
Wheel-Version: 1.0
Generator: induction-lab-grader
Root-Is-Purelib: true
Tag: py3-none-any
"""


def wheel_name() -> str:
    """What the wheel's file must be called."""
    return f"{_stem()}-py3-none-any.whl"


def wheel(
    *, instead: Mapping[str, bytes], reference: bool = False, lab: str | None = None
) -> bytes:
    """The grader as pip installs it.

    Args:
        instead: Files that take another's place, by their paths in it.
        reference: Whether the reference solution is in it.
        lab: The only lab that it knows by name; those that it knows here if not given.

    Raises:
        GraderError: A part of it is not installed here.
    """
    packages = (*_PACKAGES, _REFERENCE) if reference else _PACKAGES
    files = {name: data for package in packages for name, data in _files(package)}
    files |= {**instead, **dict(_about(lab))}
    record = f"{_stem()}.dist-info/RECORD"
    lines = [f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in files.items()]
    files[record] = "".join([*lines, f"{record},,\n"]).encode()
    return zipped({name: File(data) for name, data in files.items()})


def _stem() -> str:
    return f"{DISTRIBUTION.replace('-', '_')}-{metadata.version(DISTRIBUTION)}"


def _files(package: str) -> Iterator[tuple[str, bytes]]:
    """A package's files by their paths in the wheel."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise GraderError(f"{package!r} is not installed here, and it belongs in the package.")
    root = Path(spec.submodule_search_locations[0])
    for path in sorted(root.rglob("*")):
        if path.is_file() and _LEFT_OUT not in path.parts:
            yield f"{package}/{path.relative_to(root).as_posix()}", path.read_bytes()


def _about(lab: str | None) -> Iterator[tuple[str, bytes]]:
    """What pip wants to know, as it was told when this was installed."""
    installed = metadata.distribution(DISTRIBUTION)
    for name in ("METADATA", "entry_points.txt", "licenses/LICENSE"):
        text = installed.read_text(name)
        if text is None:
            raise GraderError(f"{DISTRIBUTION} is not installed as a package ({name} is missing).")
        if name == "entry_points.txt" and lab is not None:
            text = _knowing(text, lab)
        yield f"{_stem()}.dist-info/{name}", text.encode()
    yield f"{_stem()}.dist-info/WHEEL", _WHEEL.encode()


def _knowing(entry_points: str, lab: str) -> str:
    """Entry points with one lab in the place of all others."""
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    parser.read_string(entry_points)
    parser[GROUP] = {lab: "rubrics"}
    text = io.StringIO()
    parser.write(text)
    return text.getvalue()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def pins() -> str:
    """A constraints file for pip: keys that were made with these versions fit them.

    A build's own mark, such as torch's ``+cpu``, is left out: where pip looks decides it.
    """
    found = sorted(set(_needed()), key=str.lower)
    return "".join(f"{line}\n" for line in found)


def _needed() -> Iterator[str]:
    seen, waiting = {DISTRIBUTION}, [DISTRIBUTION]
    while waiting:
        for requirement in _required(waiting.pop()):
            name = requirement.name.lower().replace("_", "-")
            try:
                version = metadata.version(name)
            except metadata.PackageNotFoundError:
                continue  # for another system than this one
            yield f"{name}=={Version(version).public}"
            if name not in seen:
                seen.add(name)
                waiting.append(name)


def _required(name: str) -> Iterator[Requirement]:
    for text in metadata.requires(name) or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement
