"""What nobody needs for self-checks and some want: extras, pytest, the magic of notebooks."""

import importlib.util
import os
from collections.abc import Iterator, Mapping
from importlib import metadata

from grader.doctor.finding import Finding
from grader.doctor.python import OURS, installed

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
