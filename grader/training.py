"""Training the runs that a job's probes ask for and that are not on this machine yet."""

import subprocess
import sys
from collections.abc import Iterable

from grader.errors import KernelError, last_words
from grader.runs import is_run, run_file

_MINUTES = 10


def train_missing(models: Iterable[str]) -> None:
    """Train what is missing, before any student code runs; a minute each, once, then kept.

    Args:
        models: Names of models, training runs among them or not.

    Raises:
        KernelError: A run cannot be trained or kept; says why.
    """
    for name in dict.fromkeys(models):
        if is_run(name) and run_file(name) is None:
            _train(name)


def _train(name: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 (our own module; the name was parsed)
            [sys.executable, "-P", "-m", "grader.models", name],
            capture_output=True,
            check=False,
            timeout=60 * _MINUTES,
        )
    except subprocess.TimeoutExpired:
        raise KernelError(f"Training {name} took more than {_MINUTES} minutes.") from None
    if done.returncode:
        said = last_words(done.stderr) or "no word"
        raise KernelError(f"{name} could not be trained: {said}")
