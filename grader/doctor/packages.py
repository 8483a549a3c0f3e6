"""Checks Python, the required packages, and optional features.

The optional features are the extras, the pytest plugin and the %grade magic.
"""

import importlib.util
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from grader.doctor.finding import Finding
from grader.protocol.installation import DISTRIBUTION, grader_version

_EXTRAS = {"cluster": "distributed", "similarity": "copydetect"}
_PLUGIN = "grader.pytest_plugin.plugin"


def check_python(version: str | None = None) -> Finding:
    """Check that a Python version, by default the running one, is supported."""
    version = version or platform.python_version()
    supported = SpecifierSet(metadata.metadata(DISTRIBUTION)["Requires-Python"] or "")
    if supported.contains(version, prereleases=True):
        return Finding(name="Python", message=f"{version}, in {sys.prefix}")
    minimum = str(supported).removeprefix(">=")
    return Finding(
        name="Python",
        message=f"{version} is not supported: the grader needs {supported}.",
        state="problem",
        advice=f"Install Python {minimum} or newer, and the grader in it.",
    )


def check_packages(requirements: Iterable[str] | None = None) -> Finding:
    """Check that all required packages are installed in suitable versions.

    Args:
        requirements: Requirements to check instead of the grader's own.
    """
    if requirements is None:
        requirements = metadata.requires(DISTRIBUTION) or []
    required = list(_required(requirements))
    versions = [(r, _installed_version(r.name)) for r in required]
    unmet = [(r, version) for r, version in versions if not _satisfies(r, version)]
    grader = f"grader {grader_version()}"
    if not unmet:
        says = f"{grader}; all {len(required)} required packages are installed."
        return Finding(name="Packages", message=says)
    listed = ", ".join(f"{r.name} {version or 'is missing'}" for r, version in unmet)
    arguments = " ".join(f"'{r.name}{r.specifier}'" for r, _ in unmet)
    return Finding(
        name="Packages",
        message=f"{grader} lacks required packages: {listed}.",
        state="problem",
        advice=f"pip install {arguments}",
    )


def check_transformer_lens() -> Finding:
    """Check TransformerLens, the lab's library, of which one major version is supported."""
    requirements = _required(metadata.requires(DISTRIBUTION) or [])
    requirement = next(r for r in requirements if _is_transformer_lens(r.name))
    version, supported = _installed_version(requirement.name), requirement.specifier
    if _satisfies(requirement, version):
        return Finding(name="transformer_lens", message=f"{version}, within {supported}")
    return Finding(
        name="transformer_lens",
        message=f"{version} is not within {supported}." if version else "is not installed.",
        state="problem",
        advice=f"pip install '{requirement.name}{supported}'",
    )


def check_optional_features(environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Check the extras, the pytest plugin and the IPython magic.

    Args:
        environment: Environment variables, which may disable pytest plugins.
    """
    yield check_extras()
    yield check_plugin(environment)
    yield check_magic()


def check_extras() -> Finding:
    """List the distribution's extras that are installed and those that are not."""
    present = [name for name, package in _EXTRAS.items() if _installed_version(package)]
    missing = [name for name in _EXTRAS if name not in present]
    parts = [f"{', '.join(present)} installed"] if present else []
    if missing:
        parts.append(f"{', '.join(missing)} not installed, and not needed for self-checks")
    install = f"To install: pip install '{DISTRIBUTION}[{','.join(missing)}]'"
    return Finding(name="Extras", message="; ".join(parts), advice=install if missing else "")


def check_plugin(environment: Mapping[str, str]) -> Finding:
    """Check that `pytest NOTEBOOK --lab NAME` finds the plugin.

    Args:
        environment: Environment variables, which may disable pytest plugins.
    """
    name = "pytest plugin"
    if environment.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        return Finding(
            name=name,
            message="PYTEST_DISABLE_PLUGIN_AUTOLOAD is set, so pytest does not load it by itself.",
            state="warning",
            advice=f"Unset the variable, or run: pytest -p {_PLUGIN}",
        )
    if any(point.value == _PLUGIN for point in metadata.entry_points(group="pytest11")):
        return Finding(name=name, message="found: pytest NOTEBOOK --lab NAME works.")
    return Finding(
        name=name,
        message="not found by pytest.",
        state="warning",
        advice=f"Install the grader again (pip install {DISTRIBUTION}).",
    )


def check_magic() -> Finding:
    """Check that `%load_ext grader` works in notebooks with this Python."""
    if importlib.util.find_spec("IPython") is None:
        return Finding(
            name="Notebook magic",
            message="IPython is not installed.",
            state="warning",
            advice="pip install ipykernel",
        )
    says = "%load_ext grader works in notebooks whose kernel is this Python."
    return Finding(name="Notebook magic", message=says)


def _installed_version(name: str) -> str | None:
    """Return a package's version, or None if it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _required(requirements: Iterable[str]) -> Iterator[Requirement]:
    """Yield the requirements that apply to this machine, without those of extras."""
    for text in requirements:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement


def _satisfies(requirement: Requirement, version: str | None) -> bool:
    return version is not None and requirement.specifier.contains(version, prereleases=True)


def _is_transformer_lens(name: str) -> bool:
    return name.replace("-", "_").lower() == "transformer_lens"
