"""The command line gives clear one-line errors, reports, and the documented exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from grader.doctor.finding import ALL_WELL
from tests.notebooks import SEQUENCES, code_cell, notebook, write

pytestmark = pytest.mark.kernel


def run(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run `grade` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def bad_files() -> dict[str, bytes]:
    """Return files that cannot be run as notebooks."""
    good = json.dumps(notebook(["x = 1"])).encode()
    julia = {"kernelspec": {"name": "julia", "language": "julia"}}
    return {
        "not_json": b"print('hello')",
        "truncated": good[: len(good) // 2],
        "empty": b"",
        "markdown_only": json.dumps(
            {**notebook([]), "cells": [{"cell_type": "markdown", "source": "# hi"}]}
        ).encode(),
        "json_but_no_notebook": b"[1, 2, 3]",
        "other_language": json.dumps(
            notebook(["using Flux\nf(x) = x.^2 |> sum"], **julia)
        ).encode(),
        "binary": bytes(range(256)),
        "deep": b'{"cells": ' + b"[" * 100_000,
    }


@pytest.mark.parametrize("name", sorted(bad_files()))
def test_bad_files_are_refused_in_one_line(tmp_path: Path, name: str) -> None:
    """A bad file is exit code 2 and one line that names the file, without a traceback."""
    path = tmp_path / f"{name}.ipynb"
    path.write_bytes(bad_files()[name])
    result = run(path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("grade: ")
    assert path.name in result.stderr
    assert len(result.stderr.splitlines()) == 1


def old_format(cells: list[str]) -> bytes:
    """Return a notebook in format 3."""
    code = [{"cell_type": "code", "language": "python", "input": c, "outputs": []} for c in cells]
    return json.dumps(
        {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": code}]}
    ).encode()


def with_outputs(cells: list[str]) -> bytes:
    """Return a notebook with twenty megabytes of stored output."""
    loaded = notebook(cells)
    big = code_cell("1")
    big["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 20_000_000}]
    return json.dumps({**loaded, "cells": [*loaded["cells"], big]}).encode()


def marked_and_windows(cells: list[str]) -> bytes:
    """Return a notebook with a byte order mark and Windows line ends."""
    text = json.dumps(notebook([cell.replace("\n", "\r\n") for cell in cells]), indent=1)
    return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("make", [old_format, with_outputs, marked_and_windows])
def test_odd_files_are_graded(tmp_path: Path, make: object) -> None:
    """Format 3, huge outputs, a BOM and CRLF do not cost points."""
    path = tmp_path / "odd.ipynb"
    path.write_bytes(make([SEQUENCES]))  # type: ignore[operator]  # one of the three above
    result = run(path, "--only", "create_repeated_sequence")
    assert result.returncode == 0, result.stderr
    assert "8 / 8" in result.stdout


def test_json_and_html_are_written(tmp_path: Path) -> None:
    """`--json` and `--html` write the report; lost marks are exit code 1."""
    path = write(tmp_path / "x.ipynb", ["def compute_k_composition(*args):\n    return '<b>1</b>'"])
    output = tmp_path / "r.json"
    result = run(
        path, "--only", "compute_k_composition", "--json", output, "--html", tmp_path / "r.html"
    )
    report = json.loads(output.read_text(encoding="utf-8"))
    assert result.returncode == 1
    assert (report["schema"], report["score"], report["max_score"]) == (
        "induction-lab-grader/report/1",
        0,
        10,
    )
    assert "<b>1" not in (tmp_path / "r.html").read_text(encoding="utf-8")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device here")
def test_a_missing_device_is_exit_code_3(tmp_path: Path) -> None:
    """`--device cuda` without one is exit code 3 and a line that says what to do."""
    result = run(write(tmp_path / "x.ipynb", ["x = 1"]), "--device", "cuda")
    assert result.returncode == 3
    assert "try --device cpu" in result.stderr


def test_an_unknown_model_is_exit_code_3(tmp_path: Path) -> None:
    """An unknown model is exit code 3 and one line that names it."""
    result = run(write(tmp_path / "x.ipynb", ["x = 1"]), "--model", "planted-banana")
    assert result.returncode == 3
    assert "planted-banana" in result.stderr
    assert len(result.stderr.splitlines()) <= 2
    assert "Traceback" not in result.stderr


@pytest.mark.long
def test_the_shipped_key_is_fresh() -> None:
    """The shipped key agrees with the reference on this machine."""
    result = run("key", "verify", "--device", "cpu")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "agrees with the reference" in result.stdout


def test_doctor_reports_what_works() -> None:
    """`grade doctor` starts a real kernel and reports what each sandbox protects here."""
    result = run("doctor")
    assert result.returncode == 0
    assert "planted-12x12 on" in result.stdout
    for backend in ("bubblewrap", "landlock"):
        assert f"Isolation: {backend}" in result.stdout
    assert "Notebooks run in" in result.stdout
    assert ALL_WELL in " ".join(result.stdout.split())
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert result.stderr == ""


def test_doctor_reports_what_does_not_work(tmp_path: Path) -> None:
    """Without a writable cache kernels do not start: exit code 3, and what to do first."""
    (tmp_path / "file").touch()
    result = run("doctor", XDG_CACHE_HOME=str(tmp_path / "file"))
    assert result.returncode == 3
    assert "First, Disk for caches: Set XDG_CACHE_HOME" in " ".join(result.stdout.split())
    assert "Traceback" not in result.stdout + result.stderr
