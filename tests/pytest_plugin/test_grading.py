"""Tests of a notebook report the verdicts of ``grade``."""

import json
import subprocess
import sys
import time
from pathlib import Path
from signal import SIG_DFL, SIGINT, signal

import psutil
import pytest

from tests.attacks.notebooks import wrong_cells
from tests.attacks.traces import RUBRIC
from tests.notebooks import TEMPLATE, write
from tests.pytest_plugin.running import (
    MINI,
    command,
    environment,
    notebooks,
    properties,
    run_pytest,
)

pytestmark = pytest.mark.kernel

EXAMPLE = TEMPLATE.parent / "example_submission.ipynb"
HOSTILE = "\x1b[31mred\x1b[0m \x00\x08 ]]> <failure/> &amp; \u202e\ud800 ::error::x\r\n"


def with_rubric(folder: Path, *changes: tuple[str, str]) -> str:
    """Write the mini rubric with some lines changed, and return the option that names it."""
    text = RUBRIC.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "changed.yaml").write_text(text)
    return "--lab=changed.yaml"


def test_verdicts_are_those_of_grade(tmp_path: Path) -> None:
    """Points, outcomes, mistakes, score and exit code of the example agree."""
    graded = [sys.executable, "-m", "grader", str(EXAMPLE), "--json", "report.json"]
    code = subprocess.run(graded, cwd=tmp_path, capture_output=True, check=False).returncode
    report = json.loads((tmp_path / "report.json").read_text())
    (tmp_path / "lab.ipynb").write_bytes(EXAMPLE.read_bytes())
    done = run_pytest(tmp_path, "lab.ipynb", "--lab", "induction_heads")
    assert done.code == code == 1, done.out
    assert len(done.cases) == len(report["criteria"])
    for criterion in report["criteria"]:
        function = criterion["function"] or "notebook"
        case = done.cases[f"lab.ipynb.{function}.{criterion['id']}"]
        values = done.properties_of(f"lab.ipynb::{function}::{criterion['id']}")
        assert [float(values[name]) for name in ("points", "max_points")] == [
            criterion["points"],
            criterion["max_points"],
        ]
        for name in ("outcome", "misconception", "variant"):
            assert values.get(name) == criterion[name]
        lost = criterion["outcome"] != "passed"
        assert (case.find("failure") is not None) == (lost and not criterion["bonus"])
        assert (case.find("skipped") is not None) == (lost and criterion["bonus"])
    assert float(done.properties_of("lab.ipynb")["score"]) == report["score"]
    assert f"lab.ipynb: Score {report['score']:g} / 100 on planted-12x12, cpu" in done.out
    assert all(note in done.out for note in report["notes"])
    assert "Known mistake: target not shifted\nYou measure attention" in done.out
    assert done.out.count("Hint: Which token would a head see there") == 2
    assert "Scores on the grading model: partial, 1.75 of 7 points" in done.out
    assert "Traceback" not in done.out


def test_each_notebook_has_its_own_score(tmp_path: Path) -> None:
    """Notebooks that run in several processes are graded independently."""
    notebooks(tmp_path, good="correct", bad="wrong")
    done = run_pytest(tmp_path, ".", MINI, "-n", "2", "-k", "sequence or k_composition")
    assert done.code == 1, done.out
    assert done.counts == {"tests": 4, "errors": 0, "failures": 2, "skipped": 0}
    assert done.properties_of("good.ipynb") == {"score": "30", "max_score": "30"}
    assert done.properties_of("bad.ipynb") == {"score": "0", "max_score": "30"}
    assert done.out.count("good.ipynb: Score 30 / 30") == 1
    assert done.out.count("bad.ipynb: Score 0 / 30") == 1


def test_a_bonus_that_was_not_earned_fails_nothing(tmp_path: Path) -> None:
    """A missed bonus is an expected failure, and a failure with `--runxfail`."""
    notebooks(tmp_path, bad="wrong")
    bonus = ("title: K-composition", "title: K-composition\n        bonus: true")
    lab = with_rubric(tmp_path, bonus)
    done = run_pytest(tmp_path, "bad.ipynb", lab, "-rx", "-k", "k_composition")
    assert done.code == 0, done.out
    assert done.counts == {"tests": 1, "errors": 0, "failures": 0, "skipped": 1}
    assert "0 of 15 bonus points: This should be numbers" in done.out
    assert "bad.ipynb: Score 0 / 15" in done.out
    strict = run_pytest(tmp_path, "bad.ipynb", lab, "--runxfail", "-k", "k_composition")
    assert strict.counts == {"tests": 1, "errors": 0, "failures": 1, "skipped": 0}


def test_a_hidden_criterion_reveals_nothing(tmp_path: Path) -> None:
    """Points of a hidden criterion are shown, its feedback is not."""
    notebooks(tmp_path, bad="wrong")
    hidden = ("title: K-composition", "title: K-composition\n        visibility: hidden")
    lab = with_rubric(tmp_path, hidden)
    done = run_pytest(tmp_path, "bad.ipynb", lab, "-k", "k_composition")
    assert done.code == 1
    text = done.out + done.junit.read_text()
    assert "0 of 15 points: It did not hold on a model or input you have not seen." in text
    assert "numbers" not in text


def test_students_text_is_escaped(tmp_path: Path) -> None:
    """Control characters are escaped in the terminal and in the JUnit file, which stays XML."""
    attack = f"def compute_k_composition(*args):\n    raise ValueError({HOSTILE!r})"
    write(tmp_path / "lab.ipynb", [*wrong_cells(), attack])
    done = run_pytest(tmp_path, "lab.ipynb", MINI, "--color=no", "-k", "k_composition")
    assert done.code == 1
    (case,) = done.cases.values()
    failure = case.find("failure")
    assert failure is not None
    for text in (done.out, done.junit.read_text(), failure.text or ""):
        assert "\\u001b[31mred" in text
        assert not set("\x1b\x00\x08\u202e") & set(text)


def test_the_junit_file_follows_its_schema(tmp_path: Path) -> None:
    """In xunit2 only the suite has properties; in xunit1 tests have them too."""
    notebooks(tmp_path, bad="wrong")
    one = ("bad.ipynb", MINI, "-k", "k_composition")
    points = {"points": "0", "max_points": "15", "outcome": "failed"}
    for family, own in (("xunit2", {}), ("xunit1", points)):
        done = run_pytest(tmp_path, *one, "-o", f"junit_family={family}")
        (case,) = done.cases.values()
        assert properties(case) == own
        assert {part.tag for part in case} - {"properties"} == {"failure"}
        assert {part.tag for part in done.suite} == {"properties", "testcase"}
        assert done.properties_of("bad.ipynb::compute_k_composition::k_composition") == points
        if family == "xunit2":
            assert set(case.attrib) == {"name", "classname", "time"}


def test_an_ungradable_notebook_is_reported_once(tmp_path: Path) -> None:
    """The first test is an error with the grader's message; the others are skipped."""
    notebooks(tmp_path, lab="wrong")
    done = run_pytest(tmp_path, "lab.ipynb", MINI, "--lab-key=nowhere.key")
    assert done.code == 1
    assert done.counts == {"tests": 6, "errors": 1, "failures": 0, "skipped": 5}
    assert done.out.count("Cannot read the key nowhere.key: No such file or directory.") == 1
    assert "Traceback" not in done.out
    assert "another exception" not in done.out


def test_ctrl_c_leaves_no_process(tmp_path: Path) -> None:
    """Ctrl-C during a hanging cell ends pytest and its kernel."""
    write(tmp_path / "lab.ipynb", [*wrong_cells(), "import time\ntime.sleep(1000)"])
    run = subprocess.Popen(
        command("lab.ipynb", MINI),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal(SIGINT, SIG_DFL),  # noqa: PLW1509 (before exec; a shell may have had it ignored)
    )
    below: list[psutil.Process] = []
    deadline = time.monotonic() + 120
    while not _hangs(below) and time.monotonic() < deadline:
        time.sleep(0.2)
        below = psutil.Process(run.pid).children(recursive=True)
    assert below
    time.sleep(1)
    run.send_signal(SIGINT)
    out = run.communicate(timeout=60)[0]
    assert run.returncode == 2, out
    assert "KeyboardInterrupt" in out
    gone, left = psutil.wait_procs(below, timeout=10)
    assert gone
    assert left == []


def _hangs(processes: list[psutil.Process]) -> bool:
    """Return True if a kernel is among the processes."""
    try:
        return any("kernel.json" in " ".join(process.cmdline()) for process in processes)
    except psutil.Error:
        return False
