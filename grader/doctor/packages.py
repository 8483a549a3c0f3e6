"""Python, and the packages that the grader needs."""

import importlib.util
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from grader.doctor.finding import Finding

# MERGED: What nobody needs for self-checks and some want: extras, pytest, the magic of notebooks.
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


_EXTRAS = {"cluster": "distributed", "similarity": "copydetect"}
_PLUGIN = "grader.pytest_plugin.plugin"


def extras(environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Extras that are installed, pytest's plugin, and IPython's magic.

    Args:
        environment: This process's.
    """
    yield optional()
    yield plugin(environment)
    yield magic()


def optional() -> Finding:
    """The extras of the package."""
    has = [name for name, package in _EXTRAS.items() if installed(package)]
    lacks = [name for name in _EXTRAS if name not in has]
    words = [f"{', '.join(has)} installed"] if has else []
    words += [f"{', '.join(lacks)} not installed, and not needed for self-checks"] if lacks else []
    advice = f"If you want it: pip install '{OURS}[{','.join(lacks)}]'" if lacks else ""
    return Finding(name="Extras", says="; ".join(words), advice=advice)


def plugin(environment: Mapping[str, str]) -> Finding:
    """Whether `pytest NOTEBOOK --lab NAME` finds the plugin.

    Args:
        environment: Which may tell pytest to load none.
    """
    name = "pytest plugin"
    if environment.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        return Finding(
            name=name,
            says="PYTEST_DISABLE_PLUGIN_AUTOLOAD is set: pytest does not load it by itself.",
            state="warning",
            advice=f"Unset it, or say: pytest -p {_PLUGIN}",
        )
    if any(point.value == _PLUGIN for point in metadata.entry_points(group="pytest11")):
        return Finding(name=name, says="found: pytest NOTEBOOK --lab NAME works.")
    return Finding(
        name=name,
        says="not found by pytest.",
        state="warning",
        advice=f"Install the grader again (pip install {OURS}).",
    )


def magic() -> Finding:
    """Whether `%load_ext grader` works in a notebook of this Python."""
    if importlib.util.find_spec("IPython") is None:
        return Finding(
            name="Notebook magic", says="IPython is not installed.", state="warning",
            advice="pip install ipykernel",
        )  # fmt: skip
    says = "%load_ext grader works in notebooks whose kernel is this Python."
    return Finding(name="Notebook magic", says=says)
