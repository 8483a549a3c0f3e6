"""`grade NOTEBOOK --watch` grades every save until Ctrl-C, and leaves no process behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil
import pytest

from tests.attacks.traces import RUBRIC
from tests.notebooks import LOAD, SEQUENCES, write

pytestmark = pytest.mark.kernel

WRONG = SEQUENCES.replace("[half, half]", "[half, half.flip(1)]")
COMPOSITION = "def compute_k_composition(*_):\n    return 0.0"
WAITING = "Waiting for nb.ipynb"


@contextmanager
def watching(notebook: Path, *options: object) -> Iterator["subprocess.Popen[str]"]:
    """Run `grade --watch` in a process group of its own, and fail if a process is left."""
    command = [sys.executable, "-m", "grader", str(notebook), "--watch", *map(str, options)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
    left = [p for p in psutil.process_iter() if _session(p.pid) == process.pid]
    assert psutil.wait_procs(left, 5)[1] == []


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return 0


def children(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    """Return the process's descendants."""
    descendants: list[psutil.Process] = psutil.Process(process.pid).children(recursive=True)
    return descendants


def read_until(process: "subprocess.Popen[str]", words: str) -> str:
    """Return the output up to a line with these words."""
    stream: IO[str] | None = process.stdout
    assert stream is not None
    lines = []
    for line in stream:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def test_every_save_is_graded_until_ctrl_c(tmp_path: Path) -> None:
    """Each save gives a verdict or an error; the exit code is the last report's."""
    path, page = write(tmp_path / "nb.ipynb", [WRONG]), tmp_path / "report.html"
    visits = tmp_path / "visits"
    own = tmp_path / "browser"
    own.write_text(f'#!/bin/sh\necho "$1" >> {visits}\n', encoding="utf-8")
    own.chmod(0o755)
    only = ("--only", "create_repeated_sequence", "--html", page, "--open")
    with pytest.MonkeyPatch.context() as patch, watching_with(patch, own, path, *only) as process:
        assert "failed" in read_until(process, WAITING)
        first = page.read_bytes()

        write(tmp_path / "new", [SEQUENCES, "x = 1"]).replace(path)
        text = read_until(process, WAITING)
        assert "8 / 8" in text
        assert "Only the cells needed were run: 1 of 2." in text
        assert page.read_bytes() != first

        write(path, [SEQUENCES, "x = 2"])
        assert "Nothing that create_repeated_sequence needs has changed." in read_until(
            process, WAITING
        )

        path.write_text('{"cells": [', encoding="utf-8")
        assert "was cut off" in read_until(process, "checked again")
        path.unlink()
        assert "No such file" in read_until(process, "checked again")
        write(path, [WRONG, "x = 2"])
        assert "failed" in read_until(process, WAITING)

        started = children(process)
        assert started
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(20) == 1
        assert process.stdout is not None
        assert "Traceback" not in process.stdout.read()
        assert psutil.wait_procs(started, 5)[1] == []
    assert visits.read_text(encoding="utf-8").splitlines() == [page.as_uri()]


@contextmanager
def watching_with(
    patch: pytest.MonkeyPatch, browser: Path, notebook: Path, *options: object
) -> Iterator["subprocess.Popen[str]"]:
    """Run `grade --watch` with a browser of the user."""
    patch.setenv("BROWSER", str(browser))
    with watching(notebook, *options) as process:
        yield process


def test_the_edited_function_comes_first(tmp_path: Path) -> None:
    """The edited function's verdict comes before the whole notebook's; SIGTERM ends the loop."""
    report = tmp_path / "report.json"
    path = write(tmp_path / "nb.ipynb", [LOAD, WRONG, COMPOSITION])
    with watching(path, "--rubric", RUBRIC, "--json", report) as process:
        whole = read_until(process, WAITING)
        assert "The whole notebook follows." not in whole
        before = json.loads(report.read_text(encoding="utf-8"))["score"]

        write(path, [LOAD, SEQUENCES, COMPOSITION, "import time; time.sleep(2)"])
        quick = read_until(process, "The whole notebook follows.")
        assert "create_repeated_sequence" in quick
        assert "compute_k_composition" not in quick
        write(path, [LOAD, SEQUENCES, COMPOSITION + " + 1"])
        assert "stopped for the newer one" in read_until(process, WAITING)
        second = read_until(process, "The whole notebook follows.")
        assert "compute_k_composition" in second
        assert "create_repeated_sequence" not in second
        assert "create_repeated_sequence" in read_until(process, WAITING)
        assert json.loads(report.read_text(encoding="utf-8"))["score"] > before

        write(path, [LOAD, f"# comment\n{SEQUENCES}", COMPOSITION + " + 1"])
        assert "No code has changed" in read_until(process, WAITING)

        started = children(process)
        process.terminate()
        assert process.wait(20) == 128 + signal.SIGTERM
        assert psutil.wait_procs(started, 5)[1] == []


def test_ctrl_c_before_the_first_report(tmp_path: Path) -> None:
    """Ctrl-C while the kernel starts is exit code 130 and one line."""
    path = write(tmp_path / "nb.ipynb", [SEQUENCES])
    with watching(path, "--only", "create_repeated_sequence") as process:
        while not children(process):
            assert process.poll() is None
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stdout is not None
        assert process.stdout.read().strip().splitlines()[-1] == "grade: stopped."
