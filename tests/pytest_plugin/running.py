"""Runs pytest as a user does, in a folder of notebooks, and reads what it wrote."""

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
class CompletedRun:
    """A completed run of pytest."""

    code: int
    out: str
    junit: Path

    @property
    def suite(self) -> Element:
        """The JUnit file's test suite."""
        suite = parse(self.junit).getroot().find("testsuite")  # noqa: S314 (written here)
        assert suite is not None
        return suite

    @property
    def cases(self) -> dict[str, Element]:
        """The test cases, by class and name."""
        return {
            f"{case.get('classname')}.{case.get('name')}": case
            for case in self.suite.findall("testcase")
        }

    def properties_of(self, test: str) -> dict[str, str]:
        """Return the suite's properties of a notebook or of one of its tests."""
        prefix = f"{test}:"
        return {
            name.removeprefix(prefix): value
            for name, value in properties(self.suite).items()
            if name.startswith(prefix) and not name.startswith(f"{test}::")
        }

    @property
    def counts(self) -> dict[str, int]:
        """Number of tests, errors, failures and skipped tests."""
        return {n: int(self.suite.get(n, -1)) for n in ("tests", "errors", "failures", "skipped")}


def properties(element: Element) -> dict[str, str]:
    """Return the properties of a suite or a case."""
    elements = element.findall("properties/property")
    return {p.get("name", ""): p.get("value", "") for p in elements}


def command(*more: str) -> list[str]:
    """Return the command line of pytest with the plugin and without a cache."""
    return [sys.executable, "-m", "pytest", "-p", PLUGIN, "-p", "no:cacheprovider", *more]


def environment() -> dict[str, str]:
    """Return the environment without the variables that this run of pytest has set."""
    ours = ("PYTEST", "CI", "BUILD_NUMBER")  # pytest says more where these are set
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def run_pytest(folder: Path, *more: str) -> CompletedRun:
    """Run pytest in a folder; warnings are errors."""
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
    return CompletedRun(code=ended.returncode, out=ended.stdout, junit=junit)


def notebooks(folder: Path, **bases: str) -> Path:
    """Write notebooks by these names, each `correct` or `wrong`."""
    for name, base in bases.items():
        write(folder / f"{name}.ipynb", base_cells(base))
    return folder
