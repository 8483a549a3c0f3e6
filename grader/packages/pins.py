"""The versions of everything the grader needs, as they are installed here."""

from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.version import Version

from grader.packages.wheel import DISTRIBUTION


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
