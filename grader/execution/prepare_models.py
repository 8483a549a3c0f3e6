"""Training the runs that a job's probes ask for and that are not on this machine yet."""

import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from time import monotonic
from types import TracebackType
from typing import IO, Self

from grader.errors import KernelError, last_words
from grader.protocol.training_runs import is_run, run_file

# MERGED: Hidden models' weights, built while the notebook runs by a process that no student code is in.
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


TIMEOUT = 300.0
"""Seconds to wait for a file."""

_MOMENT = 0.05


class WeightsBuilder:
    """Builds models from when it is entered, and forgets them all when it is left."""

    def __init__(
        self, names: Iterable[str], timeout: float = TIMEOUT, *, beforehand: bool = False
    ) -> None:
        """Take what to build; nothing is started yet.

        Args:
            names: Constructed models, in the order in which they will be needed. A name that
                comes twice is built once.
            timeout: The seconds that `file` waits at most.
            beforehand: Whether all are built before anything else begins: where memory is short.
        """
        self._beforehand = beforehand
        self._numbers = {name: i for i, name in enumerate(dict.fromkeys(names))}
        self._timeout = timeout
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as resources:
            folder = resources.enter_context(TemporaryDirectory(prefix="grader-weights-"))
            self._folder = Path(folder)
            self._said = resources.enter_context(TemporaryFile())
            if self._numbers:
                self._process = _start(self._numbers, self._folder, self._said)
                resources.callback(_stop, self._process)
            if self._beforehand:
                self._wait_for_all()
            self._resources = resources.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._resources.close()

    def file(self, name: str) -> Path:
        """Wait for a model's weights, as `grader.models.weight_file` reads them.

        Args:
            name: One of those that are being built.

        Raises:
            KernelError: They could not be built, or not in time.
        """
        file = self._folder / f"{self._numbers[name]}.safetensors"
        deadline = monotonic() + self._timeout
        while not file.exists():  # it appears whole
            if self._has_ended() and not file.exists():
                raise KernelError(f"a grading model could not be built: {self._last_words()}")
            if monotonic() > deadline:
                raise KernelError(f"a grading model took more than {self._timeout:g} s to build")
        return file

    def _wait_for_all(self) -> None:
        """Until the last one is there and what built them takes no memory."""
        for name in self._numbers:
            self.file(name)
        if self._numbers:
            self._process.wait()

    def _has_ended(self) -> bool:
        """Whether the process ends within a moment."""
        try:
            self._process.wait(_MOMENT)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _last_words(self) -> str:
        self._said.seek(0)
        return last_words(self._said.read()) or "no word"


def _start(names: Iterable[str], folder: Path, said: IO[bytes]) -> "subprocess.Popen[bytes]":
    """Names go by standard input: a process's arguments can be read by students' code."""
    with TemporaryFile() as asked:
        asked.write("\n".join(names).encode())
        asked.seek(0)
        return subprocess.Popen(  # noqa: S603 (bwrap, found on the path, and our own program)
            [sys.executable, "-P", "-m", "grader.models", "--weights", str(folder)],
            env={**os.environ, "TMPDIR": str(folder)},  # torch leaves a folder there
            stdin=asked,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
