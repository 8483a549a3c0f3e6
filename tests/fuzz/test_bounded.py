"""Each target for a moment, guided by coverage, in a process of its own."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.targets import NAMES, find

ROOT = Path(__file__).parents[2]
_FORKED = ("/bin/sh", "-c", '"$@"; exit $?', "sh")
atheris = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is not installed here"
)


@atheris
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_found_in_a_moment(name: str) -> None:
    """Five seconds of looking find no input that a reader is not ready for."""
    # By way of a shell, which forks it: the most memory a process has had is also that of what
    # became it, and this one may have had much.
    done = subprocess.run(
        [*_FORKED, sys.executable, "-m", "tests.fuzz", name, "--seconds", "5"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize("name", NAMES)
def test_the_seeds_are_read(name: str) -> None:
    """What the search starts from is no finding itself."""
    target = find(name)
    assert target.seeds
    for seed in target.seeds:
        target.one(seed)
