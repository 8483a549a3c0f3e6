"""Prepares the models of a job: trains missing training runs and builds hidden models' weights."""

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

from grader.errors import KernelError, last_stderr_line
from grader.protocol.model_names import is_training_run
from grader.protocol.training_runs import run_file

BUILD_TIMEOUT = 300.0
"""Seconds to wait for a weights file."""
_TRAINING_MINUTES = 10
_POLL_SECONDS = 0.05
_NO_MESSAGE = "the process printed no message"


def train_missing(models: Iterable[str]) -> None:
    """Train the runs that are not on this machine yet, before any student code runs.

    Training takes about a minute a run; the result is cached.

    Args:
        models: Names of models; names that are no training runs are ignored.

    Raises:
        KernelError: A run could not be trained or stored.
    """
    for name in dict.fromkeys(models):
        if is_training_run(name) and run_file(name) is None:
            _train(name)


def _train(name: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 (our own module; the name was parsed)
            [sys.executable, "-P", "-m", "grader.models", name],
            capture_output=True,
            check=False,
            timeout=60 * _TRAINING_MINUTES,
        )
    except subprocess.TimeoutExpired:
        raise KernelError(f"Training {name} took more than {_TRAINING_MINUTES} minutes.") from None
    if done.returncode:
        reason = last_stderr_line(done.stderr) or _NO_MESSAGE
        raise KernelError(f"{name} could not be trained: {reason}")


class WeightsBuilder:
    """Builds hidden models' weights in a process without student code.

    A context manager: building starts when it is entered; all files are deleted when it is left.
    """

    def __init__(
        self, names: Iterable[str], timeout: float = BUILD_TIMEOUT, *, wait_on_entry: bool = False
    ) -> None:
        """Create a builder; nothing is started yet.

        Args:
            names: Constructed models, in the order in which they will be needed. Repeated names
                are built once.
            timeout: Maximum seconds that `file` waits.
            beforehand: Wait on entry until all are built, for machines short of memory.
        """
        self._beforehand = wait_on_entry
        self._numbers = {name: i for i, name in enumerate(dict.fromkeys(names))}
        self._timeout = timeout
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as resources:
            folder = resources.enter_context(TemporaryDirectory(prefix="grader-weights-"))
            self._folder = Path(folder)
            self._stderr = resources.enter_context(TemporaryFile())
            if self._numbers:
                self._process = _start(self._numbers, self._folder, self._stderr)
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
        """Wait for a model's weights and return their file (see `grader.models.weight_file`).

        Args:
            name: One of the models that are being built.

        Raises:
            KernelError: The model could not be built, or not in time.
        """
        file = self._folder / f"{self._numbers[name]}.safetensors"
        deadline = monotonic() + self._timeout
        while not file.exists():  # it is moved into place when it is complete
            if self._ends_soon() and not file.exists():
                raise KernelError(f"a grading model could not be built: {self._error()}")
            if monotonic() > deadline:
                raise KernelError(f"a grading model took more than {self._timeout:g} s to build")
        return file

    def _wait_for_all(self) -> None:
        """Wait for the last file and for the process to release its memory."""
        for name in self._numbers:
            self.file(name)
        if self._numbers:
            self._process.wait()

    def _ends_soon(self) -> bool:
        """Wait for a poll interval; return True if the process has ended by then."""
        try:
            self._process.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _error(self) -> str:
        self._stderr.seek(0)
        return last_stderr_line(self._stderr.read()) or _NO_MESSAGE


def _start(names: Iterable[str], folder: Path, stderr: IO[bytes]) -> "subprocess.Popen[bytes]":
    """Start the building process. Names go by standard input: student code can read arguments."""
    with TemporaryFile() as stdin:
        stdin.write("\n".join(names).encode())
        stdin.seek(0)
        return subprocess.Popen(  # noqa: S603 (our own module)
            [sys.executable, "-P", "-m", "grader.models", "--weights", str(folder)],
            env={**os.environ, "TMPDIR": str(folder)},  # torch leaves a folder there
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
