"""pytest as a user starts it, in a folder of notebooks, and what it wrote."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, parse

from tests.attacks.notebooks import base_cells
from tests.attacks.traces import RUBRIC
from tests.notebooks import write

PLUGIN = "grader.pytest_plugin.plugin"
MINI = f"--lab={RUBRIC}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A run that has ended."""

    code: int
    out: str
    junit: Path

    @property
    def suite(self) -> Element:
        """The suite of the JUnit file."""
        found = parse(self.junit).getroot().find("testsuite")  # noqa: S314 (written here)
        assert found is not None
        return found

    @property
    def cases(self) -> dict[str, Element]:
        """The test cases, by class and name."""
        return {
            f"{case.get('classname')}.{case.get('name')}": case
            for case in self.suite.findall("testcase")
        }

    def said_of(self, test: str) -> dict[str, str]:
        """The suite's properties that are about a notebook or one of its tests."""
        found = properties(self.suite)
        begin = f"{test}:"
        return {
            name.removeprefix(begin): value
            for name, value in found.items()
            if name.startswith(begin) and not name.startswith(f"{test}::")
        }

    @property
    def counts(self) -> dict[str, int]:
        """How many tests there were, and how they ended."""
        return {n: int(self.suite.get(n, -1)) for n in ("tests", "errors", "failures", "skipped")}


def properties(element: Element) -> dict[str, str]:
    """The properties of a suite or a case."""
    found = element.findall("properties/property")
    return {p.get("name", ""): p.get("value", "") for p in found}


def command(*more: str) -> list[str]:
    """The command line: no warning is overlooked, and nothing of this run's own is taken over."""
    return [sys.executable, "-m", "pytest", "-p", PLUGIN, "-p", "no:cacheprovider", *more]


def environment() -> dict[str, str]:
    """The variables without those that this run of pytest has set."""
    ours = ("PYTEST", "CI", "BUILD_NUMBER")  # pytest says more where these are set
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def ran(folder: Path, *more: str) -> Ran:
    """Run it to its end."""
    junit = folder / "junit.xml"
    ended = subprocess.run(
        command("-W", "error", f"--junitxml={junit}", *more),
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    return Ran(code=ended.returncode, out=ended.stdout, junit=junit)


def notebooks(folder: Path, **bases: str) -> Path:
    """Notebooks by these names, each `correct` or `wrong`."""
    for name, base in bases.items():
        write(folder / f"{name}.ipynb", base_cells(base))
    return folder
