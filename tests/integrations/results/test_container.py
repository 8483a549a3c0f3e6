"""Tests of ``grade container``: it writes a result whatever is submitted and whatever happens."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from grader.integrations.results.container import CONTAINER_PATHS
from tests.attacks.notebooks import base_cells
from tests.attacks.traces import RUBRIC
from tests.notebooks import write

HANG = "import time\ntime.sleep(1000)"


def container(root: Path, platform: str, *more: str) -> "subprocess.Popen[str]":
    """Start the command with a folder as the container's root."""
    command = [sys.executable, "-m", "grader", "container", platform, "--root", str(root)]
    return subprocess.Popen(
        [*command, "--rubric", str(RUBRIC), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL),  # noqa: PLW1509 (before exec)
    )


def run_to_end(root: Path, platform: str, *more: str) -> tuple[int, str]:
    """Run the command to its end; return its exit code and standard error."""
    process = container(root, platform, *more)
    stderr = process.communicate(timeout=100)[1]
    return process.returncode, stderr


def submit(root: Path, platform: str, **notebooks: list[str]) -> Path:
    """Write notebooks to the platform's folder of submitted files."""
    folder = root / CONTAINER_PATHS[platform].submission
    folder.mkdir(parents=True, exist_ok=True)
    for name, cells in notebooks.items():
        write(folder / f"{name}.ipynb", cells)
    return folder


def result(root: Path, platform: str) -> Any:
    """Read the result file as the platform does."""
    return json.loads((root / CONTAINER_PATHS[platform].result).read_text())


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("platform", "key", "full"),
    [
        ("gradescope", "score", 100),
        ("prairielearn", "score", 1),
        ("coursera", "fractionalScore", 1),
        ("classroom50", "score", 100),
    ],
)
def test_a_notebook_is_graded_in_the_platforms_folder(
    tmp_path: Path, platform: str, key: str, full: float
) -> None:
    """The one of two notebooks that defines the functions is graded, and a note says so."""
    submit(tmp_path, platform, scratch=["x = 1"], lab=base_cells("correct"))
    code, stderr = run_to_end(tmp_path, platform)
    assert code == 0, stderr
    found = result(tmp_path, platform)
    assert found[key] == full
    assert "Of 2 notebooks, lab.ipynb was graded" in json.dumps(found)


@pytest.mark.parametrize("platform", CONTAINER_PATHS)
@pytest.mark.parametrize("submitted", ["nothing", "no folder", "another file", "no notebook"])
def test_an_ungradable_submission_has_a_result(
    tmp_path: Path, platform: str, submitted: str
) -> None:
    """The result says why, and the exit code is 0: others mean that the grader failed."""
    if submitted != "no folder":
        folder = submit(tmp_path, platform)
        if submitted == "another file":
            (folder / "lab.py").write_text("x = 1")
        elif submitted == "no notebook":
            (folder / "lab.ipynb").write_text("x = 1")
    code, stderr = run_to_end(tmp_path, platform)
    found = json.dumps(result(tmp_path, platform))
    assert code == 0, stderr
    assert "The notebook could not be graded" in found
    assert "Traceback" not in stderr


@pytest.mark.parametrize(
    "more",
    [["--rubric", "none.yaml"], ["--keys", "nowhere", "--isolation", "none"]],
    ids=["no rubric", "no keys"],
)
def test_a_grader_failure_is_not_scored_as_zero(tmp_path: Path, more: list[str]) -> None:
    """Platforms that can tell the difference do not count the attempt."""
    submit(tmp_path, "prairielearn", lab=base_cells("correct"))
    assert run_to_end(tmp_path, "prairielearn", *more)[0] == 0
    found = result(tmp_path, "prairielearn")
    assert found["gradable"] is False
    assert "format_errors" not in found
    (tmp_path / "shared").mkdir()
    (tmp_path / "grade" / "student").rename(tmp_path / "shared" / "submission")
    assert run_to_end(tmp_path, "coursera", *more)[0] == 1


@pytest.mark.kernel
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_a_killed_container_leaves_a_result(tmp_path: Path, number: signal.Signals) -> None:
    """The provisional result, written at the start, remains if there was no time for another."""
    submit(tmp_path, "gradescope", lab=[*base_cells("correct"), HANG])
    process = container(tmp_path, "gradescope")
    path = tmp_path / CONTAINER_PATHS["gradescope"].result
    while not path.exists():
        time.sleep(0.05)
    time.sleep(2)
    os.kill(process.pid, number)
    process.communicate(timeout=30)
    found = result(tmp_path, "gradescope")
    assert found["score"] == 0
    reasons = {signal.SIGTERM: "it was stopped", signal.SIGKILL: "ended before it was done"}
    assert reasons[number] in found["output"]


@pytest.mark.kernel
@pytest.mark.long
def test_grading_ends_within_the_platforms_time_limit(tmp_path: Path) -> None:
    """The probes evaluated by then count, and the report is partial."""
    submit(tmp_path, "gradescope", lab=[*base_cells("correct"), HANG, HANG])
    start = time.monotonic()
    code, stderr = run_to_end(tmp_path, "gradescope", "--limit", "40")
    assert code == 0, stderr
    assert time.monotonic() - start < 40
    found = result(tmp_path, "gradescope")
    assert found["extra_data"]["status"] == "partial"
