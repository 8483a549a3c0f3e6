"""What tests of a notebook say: the verdicts that ``grade`` gives, in pytest's words."""

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
from tests.pytest_plugin.running import MINI, command, environment, notebooks, properties, ran

pytestmark = pytest.mark.kernel

EXAMPLE = TEMPLATE.parent / "example_submission.ipynb"
HOSTILE = "\x1b[31mred\x1b[0m \x00\x08 ]]> <failure/> &amp; \u202e\ud800 ::error::x\r\n"


def with_rubric(folder: Path, *changes: tuple[str, str]) -> str:
    """The option for the mini rubric with some of its lines changed."""
    text = RUBRIC.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "changed.yaml").write_text(text)
    return "--lab=changed.yaml"


def test_verdicts_are_those_of_grade(tmp_path: Path) -> None:
    """Points, outcomes, mistakes, score, exit code: of every criterion of the example."""
    graded = [sys.executable, "-m", "grader", str(EXAMPLE), "--json", "report.json"]
    code = subprocess.run(graded, cwd=tmp_path, capture_output=True, check=False).returncode
    report = json.loads((tmp_path / "report.json").read_text())
    (tmp_path / "lab.ipynb").write_bytes(EXAMPLE.read_bytes())
    found = ran(tmp_path, "lab.ipynb", "--lab", "induction_heads")
    assert found.code == code == 1, found.out
    assert len(found.cases) == len(report["criteria"])
    for criterion in report["criteria"]:
        function = criterion["function"] or "notebook"
        case = found.cases[f"lab.ipynb.{function}.{criterion['id']}"]
        said = found.said_of(f"lab.ipynb::{function}::{criterion['id']}")
        assert [float(said[name]) for name in ("points", "max_points")] == [
            criterion["points"],
            criterion["max_points"],
        ]
        for name in ("outcome", "misconception", "variant"):
            assert said.get(name) == criterion[name]
        lost = criterion["outcome"] != "passed"
        assert (case.find("failure") is not None) == (lost and not criterion["bonus"])
        assert (case.find("skipped") is not None) == (lost and criterion["bonus"])
    assert float(found.said_of("lab.ipynb")["score"]) == report["score"]
    assert f"lab.ipynb: Score {report['score']:g} / 100 on planted-12x12, cpu" in found.out
    assert all(note in found.out for note in report["notes"])
    assert "Known mistake: target not shifted\nYou measure attention" in found.out
    assert found.out.count("Hint: Which token would a head see there") == 2
    assert "Scores on the grading model: partial, 1.75 of 7 points" in found.out
    assert "Traceback" not in found.out


def test_each_notebook_has_its_own_score(tmp_path: Path) -> None:
    """In as many processes as they are spread over, and none is graded by what another did."""
    notebooks(tmp_path, good="correct", bad="wrong")
    found = ran(tmp_path, ".", MINI, "-n", "2", "-k", "sequence or k_composition")
    assert found.code == 1, found.out
    assert found.counts == {"tests": 4, "errors": 0, "failures": 2, "skipped": 0}
    assert found.said_of("good.ipynb") == {"score": "30", "max_score": "30"}
    assert found.said_of("bad.ipynb") == {"score": "0", "max_score": "30"}
    assert found.out.count("good.ipynb: Score 30 / 30") == 1
    assert found.out.count("bad.ipynb: Score 0 / 30") == 1


def test_a_bonus_that_was_not_earned_fails_nothing(tmp_path: Path) -> None:
    """It is an expected failure, unless those are asked to count."""
    notebooks(tmp_path, bad="wrong")
    lab = with_rubric(
        tmp_path,
        ("total: 100", "total: 85"),
        ("title: K-composition", "title: K-composition\n    bonus: true"),
    )
    found = ran(tmp_path, "bad.ipynb", lab, "-rx", "-k", "k_composition")
    assert found.code == 0, found.out
    assert found.counts == {"tests": 1, "errors": 0, "failures": 0, "skipped": 1}
    assert "0 of 15 bonus points: This should be numbers" in found.out
    assert "bad.ipynb: Score 0 / 15" in found.out
    strict = ran(tmp_path, "bad.ipynb", lab, "--runxfail", "-k", "k_composition")
    assert strict.counts == {"tests": 1, "errors": 0, "failures": 1, "skipped": 0}


def test_a_hidden_criterion_says_nothing_of_what_was_asked(tmp_path: Path) -> None:
    """Its points are there, as in every report."""
    notebooks(tmp_path, bad="wrong")
    hidden = ("title: K-composition", "title: K-composition\n    visibility: hidden")
    lab = with_rubric(tmp_path, hidden)
    found = ran(tmp_path, "bad.ipynb", lab, "-k", "k_composition")
    assert found.code == 1
    said = found.out + found.junit.read_text()
    assert "0 of 15 points: It did not hold on a model or input you have not seen." in said
    assert "numbers" not in said


def test_students_text_is_text(tmp_path: Path) -> None:
    """In the terminal and in the JUnit file, which stays XML: control characters are shown."""
    attack = f"def compute_k_composition(*args):\n    raise ValueError({HOSTILE!r})"
    write(tmp_path / "lab.ipynb", [*wrong_cells(), attack])
    found = ran(tmp_path, "lab.ipynb", MINI, "--color=no", "-k", "k_composition")
    assert found.code == 1
    (case,) = found.cases.values()
    failure = case.find("failure")
    assert failure is not None
    for said in (found.out, found.junit.read_text(), failure.text or ""):
        assert "\\u001b[31mred" in said
        assert not set("\x1b\x00\x08\u202e") & set(said)


def test_the_junit_file_is_of_its_family(tmp_path: Path) -> None:
    """By the schema of today's a test has no properties, and the suite has them; before, both."""
    notebooks(tmp_path, bad="wrong")
    one = ("bad.ipynb", MINI, "-k", "k_composition")
    points = {"points": "0", "max_points": "15", "outcome": "failed"}
    for family, own in (("xunit2", {}), ("xunit1", points)):
        found = ran(tmp_path, *one, "-o", f"junit_family={family}")
        (case,) = found.cases.values()
        assert properties(case) == own
        assert {part.tag for part in case} - {"properties"} == {"failure"}
        assert {part.tag for part in found.suite} == {"properties", "testcase"}
        assert found.said_of("bad.ipynb::compute_k_composition::k_composition") == points
        if family == "xunit2":
            assert set(case.attrib) == {"name", "classname", "time"}


def test_what_cannot_be_graded_is_said_once(tmp_path: Path) -> None:
    """The first test is an error with the grader's line; the others were not run."""
    notebooks(tmp_path, lab="wrong")
    found = ran(tmp_path, "lab.ipynb", MINI, "--lab-key=nowhere.key")
    assert found.code == 1
    assert found.counts == {"tests": 6, "errors": 1, "failures": 0, "skipped": 5}
    assert found.out.count("Cannot read the key nowhere.key: No such file or directory.") == 1
    assert "Traceback" not in found.out
    assert "another exception" not in found.out


def test_ctrl_c_leaves_no_process(tmp_path: Path) -> None:
    """It stops while a cell hangs, and the kernel with it."""
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
    """Whether a kernel is among them."""
    try:
        return any("kernel.json" in " ".join(process.cmdline()) for process in processes)
    except psutil.Error:
        return False
