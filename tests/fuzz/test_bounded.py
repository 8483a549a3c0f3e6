"""Each target runs for a few seconds, guided by coverage, in its own process."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.targets import NAMES, find

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
_FORKED = ("/bin/sh", "-c", '"$@"; exit $?', "sh")
atheris = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is not installed here"
)


@atheris
@pytest.mark.parametrize("name", NAMES)
def test_no_input_fails_within_seconds(name: str) -> None:
    """Five seconds of fuzzing find no input that makes a reader fail in an unforeseen way."""
    # A shell forks it: peak memory survives exec, and this process may have had much.
    process = subprocess.run(
        [*_FORKED, sys.executable, "-m", "tests.fuzz", name, "--seconds", "5"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
    )
    assert process.returncode == 0, process.stderr[-3000:]


@pytest.mark.parametrize("name", NAMES)
def test_the_seeds_are_read(name: str) -> None:
    """The inputs that fuzzing starts from do not fail."""
    target = find(name)
    assert target.seeds
    for seed in target.seeds:
        target.one(seed)
