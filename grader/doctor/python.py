"""Python, and the packages that the grader needs."""

import platform
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from grader.doctor.finding import Finding

OURS = "induction-lab-grader"


def python(version: str | None = None) -> Finding:
    """Whether this Python is one the grader is made for.

    Args:
        version: Another than the one that runs.
    """
    version = version or platform.python_version()
    wanted = SpecifierSet(metadata.metadata(OURS)["Requires-Python"] or "")
    if wanted.contains(version, prereleases=True):
        return Finding(name="Python", says=f"{version}, in {sys.prefix}")
    advice = f"Install Python {str(wanted).removeprefix('>=')} or newer, and the grader in it."
    return Finding(
        name="Python",
        says=f"{version} is not supported: the grader needs {wanted}.",
        state="problem",
        advice=advice,
    )


def packages(requirements: Iterable[str] | None = None) -> Finding:
    """Whether everything the grader needs is installed, in versions that fit.

    Args:
        requirements: Others than the grader's own.
    """
    needed = list(_needed(metadata.requires(OURS) or [] if requirements is None else requirements))
    amiss = [(r, found) for r in needed if not _fits(r, found := installed(r.name))]
    about = f"grader {metadata.version(OURS)}"
    if not amiss:
        return Finding(name="Packages", says=f"{about}; all {len(needed)} it needs are installed.")
    listed = ", ".join(f"{r.name} {found or 'is missing'}" for r, found in amiss)
    wanted = " ".join(f"'{r.name}{r.specifier}'" for r, _ in amiss)
    return Finding(
        name="Packages",
        says=f"{about} lacks what it needs: {listed}.",
        state="problem",
        advice=f"pip install {wanted}",
    )


def transformer_lens() -> Finding:
    """The library that the lab is about: one series of it is the right one."""
    requirement = next(r for r in _needed(metadata.requires(OURS) or []) if _same(r.name))
    found = installed(requirement.name)
    if _fits(requirement, found):
        return Finding(name="transformer_lens", says=f"{found}, within {requirement.specifier}")
    return Finding(
        name="transformer_lens",
        says=f"{found} is not within {requirement.specifier}." if found else "is not installed.",
        state="problem",
        advice=f"pip install '{requirement.name}{requirement.specifier}'",
    )


def installed(name: str) -> str | None:
    """The version of a package that is installed; None where it is not."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _needed(requirements: Iterable[str]) -> Iterator[Requirement]:
    """Those that this machine needs; extras are nobody's need."""
    for text in requirements:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement


def _fits(requirement: Requirement, found: str | None) -> bool:
    return found is not None and requirement.specifier.contains(found, prereleases=True)


def _same(name: str) -> bool:
    return name.replace("-", "_").lower() == "transformer_lens"
