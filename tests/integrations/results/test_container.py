"""``grade container``: whatever is handed in and whatever happens, the platform finds a result."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from grader.integrations.results.container import PLACES
from tests.attacks.notebooks import base_cells
from tests.attacks.traces import RUBRIC
from tests.notebooks import write

HANG = "import time\ntime.sleep(1000)"


def container(root: Path, platform: str, *more: str) -> "subprocess.Popen[str]":
    """The command, started in a container of this root."""
    command = [sys.executable, "-m", "grader", "container", platform, "--root", str(root)]
    return subprocess.Popen(
        [*command, "--rubric", str(RUBRIC), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL),  # noqa: PLW1509 (before exec)
    )


def ended(root: Path, platform: str, *more: str) -> tuple[int, str]:
    """The command, run to its end: its exit code, and what it said on standard error."""
    ran = container(root, platform, *more)
    said = ran.communicate(timeout=100)[1]
    return ran.returncode, said


def handed_in(root: Path, platform: str, **notebooks: list[str]) -> Path:
    """These notebooks where the platform puts them."""
    folder = root / PLACES[platform].submission
    folder.mkdir(parents=True, exist_ok=True)
    for name, cells in notebooks.items():
        write(folder / f"{name}.ipynb", cells)
    return folder


def result(root: Path, platform: str) -> Any:
    """What the platform reads."""
    return json.loads((root / PLACES[platform].result).read_text())


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
def test_a_notebook_is_graded_at_the_platforms_place(
    tmp_path: Path, platform: str, key: str, full: float
) -> None:
    """Of two notebooks the one that defines the functions, and that is said."""
    handed_in(tmp_path, platform, scratch=["x = 1"], lab=base_cells("correct"))
    code, said = ended(tmp_path, platform)
    assert code == 0, said
    found = result(tmp_path, platform)
    assert found[key] == full
    assert "Of 2 notebooks, lab.ipynb was graded" in json.dumps(found)


@pytest.mark.parametrize("platform", PLACES)
@pytest.mark.parametrize("what", ["nothing", "no folder", "another file", "no notebook"])
def test_what_cannot_be_graded_has_a_result(tmp_path: Path, platform: str, what: str) -> None:
    """Which says why; the platform's own failure is for ours alone."""
    if what != "no folder":
        folder = handed_in(tmp_path, platform)
        if what == "another file":
            (folder / "lab.py").write_text("x = 1")
        elif what == "no notebook":
            (folder / "lab.ipynb").write_text("x = 1")
    code, said = ended(tmp_path, platform)
    found = json.dumps(result(tmp_path, platform))
    assert code == 0, said
    assert "The notebook could not be graded" in found
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "more",
    [["--rubric", "none.yaml"], ["--keys", "nowhere", "--isolation", "none"]],
    ids=["no rubric", "no keys"],
)
def test_a_failure_of_ours_is_no_zero_where_that_can_be_said(
    tmp_path: Path, more: list[str]
) -> None:
    """An attempt is not lost for it."""
    handed_in(tmp_path, "prairielearn", lab=base_cells("correct"))
    assert ended(tmp_path, "prairielearn", *more)[0] == 0
    found = result(tmp_path, "prairielearn")
    assert found["gradable"] is False
    assert "format_errors" not in found
    (tmp_path / "shared").mkdir()
    (tmp_path / "grade" / "student").rename(tmp_path / "shared" / "submission")
    assert ended(tmp_path, "coursera", *more)[0] == 1


@pytest.mark.kernel
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_a_container_that_is_taken_away_leaves_a_result(
    tmp_path: Path, number: signal.Signals
) -> None:
    """The one that was written first, if there was no time for another."""
    handed_in(tmp_path, "gradescope", lab=[*base_cells("correct"), HANG])
    ran = container(tmp_path, "gradescope")
    place = tmp_path / PLACES["gradescope"].result
    while not place.exists():
        time.sleep(0.05)
    time.sleep(2)
    os.kill(ran.pid, number)
    ran.communicate(timeout=30)
    found = result(tmp_path, "gradescope")
    assert found["score"] == 0
    said = {signal.SIGTERM: "it was stopped", signal.SIGKILL: "ended before it was done"}
    assert said[number] in found["output"]


@pytest.mark.kernel
def test_the_platforms_time_is_kept(tmp_path: Path) -> None:
    """What has been answered by then counts, and it is said that the rest was not asked."""
    handed_in(tmp_path, "gradescope", lab=[*base_cells("correct"), HANG, HANG])
    start = time.monotonic()
    code, said = ended(tmp_path, "gradescope", "--limit", "40")
    assert code == 0, said
    assert time.monotonic() - start < 40
    found = result(tmp_path, "gradescope")
    assert found["extra_data"]["status"] == "partial"
