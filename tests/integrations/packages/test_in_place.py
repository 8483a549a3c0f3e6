"""Tests that run packages where platforms put them: installed from the wheel, without a network."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.notebooks import base_cells
from tests.notebooks import write

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "student_template" / "example_submission.ipynb"
PLACES = ("autograder", "grade", "shared", "lab", "opt/induction-lab-grader")
OVERWRITE = """
import json, os, pathlib
for place in ("/autograder/results", "/grade/results", "/shared", os.getcwd()):
    for name in ("results.json", "feedback.json"):
        try:
            pathlib.Path(place, name).write_text(json.dumps({"score": 100, "fractionalScore": 1}))
        except OSError:
            pass
for place in ("/autograder/source", "/grade/tests", "/lab"):
    for folder, _, names in os.walk(place):
        for name in names:
            print("SAW", folder, name)
"""
pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or os.geteuid() != 0 or not shutil.which("unshare"),
        reason="a private mount namespace needs Linux and root",
    ),
    pytest.mark.long,
]


@dataclass(frozen=True, slots=True)
class Machine:
    """A mount namespace in which the platforms' paths are bind mounts of temporary folders."""

    folder: Path

    def run(self, command: str, *, network: bool = False) -> "subprocess.CompletedProcess[str]":
        """Run a shell command in its own mount namespace, by default without a network."""
        binds = [f"mount --bind {self.path(place)} /{place}" for place in PLACES]
        unshare = ["unshare", "--mount", *([] if network else ["--net"])]
        script = " && ".join([*binds, command])
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"}
        if network:
            environment |= {k: v for k, v in os.environ.items() if k.startswith("PIP_")}
        return subprocess.run(
            [*unshare, "bash", "-c", script],
            check=False, capture_output=True, text=True, env=environment, timeout=900, cwd="/",
        )  # fmt: skip

    def path(self, place: str) -> Path:
        """Return the temporary folder behind a platform's path."""
        return self.folder / place

    def unpack(self, platform: str, target: Path, hidden_keys: int = 0) -> None:
        """Pack as an instructor does, and unpack as the platform does, with executable bits."""
        zipped = self.folder / f"{platform}.zip"
        command = [sys.executable, "-m", "grader", "package", platform, "-o", str(zipped)]
        subprocess.run(
            [*command, "--model-sets", str(hidden_keys)], check=True, capture_output=True
        )
        with zipfile.ZipFile(zipped) as archive:
            for info in archive.infolist():
                Path(archive.extract(info, target)).chmod((info.external_attr >> 16) & 0o777)

    def submit(self, place: str, cells: list[str] | None) -> None:
        """Put one notebook into an emptied folder: the given cells, or the example if None."""
        folder = self.path(place)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if cells is None:
            shutil.copy(EXAMPLE, folder / "induction_heads.ipynb")
        elif cells:
            write(folder / "induction_heads.ipynb", cells)

    def result(self, path: str) -> Any:
        """Read a result file as the platform does."""
        return json.loads(self.path(path).read_text())


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Set up Gradescope's zip: the grader is installed from its wheel."""
    machine = Machine(tmp_path_factory.mktemp("machine"))
    created = [Path("/", place) for place in PLACES if not Path("/", place).exists()]
    for place in PLACES:
        machine.path(place).mkdir(parents=True)
        Path("/", place).mkdir(parents=True, exist_ok=True)
    machine.unpack("gradescope", machine.path("autograder/source"), hidden_keys=1)
    done = machine.run("bash /autograder/source/setup.sh", network=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    shutil.copy(machine.path("autograder/source/run_autograder"), machine.path("autograder"))
    yield machine
    for path in created:
        path.rmdir()


@pytest.fixture(scope="module")
def other(machine: Machine) -> Machine:
    """Add PrairieLearn's and Coursera's files; both use the grader that is set up above."""
    question = machine.folder / "prairielearn"
    machine.unpack("prairielearn", question)
    shutil.copytree(question / "questions/induction_heads/tests", machine.path("grade/tests"))
    coursera = machine.folder / "coursera"
    machine.unpack("coursera", coursera)
    shutil.copytree(coursera / "lab", machine.path("lab"), dirs_exist_ok=True)
    for keys in ("grade/tests/keys", "lab/keys"):  # built once, since that takes long
        shutil.copy(machine.path("autograder/source/keys/1.key"), machine.path(keys))
    image, built = coursera / "grader", question / "image/grader"
    assert sorted(p.name for p in image.iterdir()) == sorted(p.name for p in built.iterdir())
    for name in ("install.sh", "constraints.txt"):
        source = machine.path("autograder/source") / name
        assert (image / name).read_bytes() == source.read_bytes()
    place = machine.path("opt/induction-lab-grader")
    place.rmdir()
    place.symlink_to("/autograder/grader")
    return machine


def autograder(machine: Machine) -> "subprocess.CompletedProcess[str]":
    """Grade the submission as Gradescope does."""
    shutil.rmtree(machine.path("autograder/results"), ignore_errors=True)
    machine.path("autograder/results").mkdir()
    return machine.run("cd /autograder && ./run_autograder")


def test_gradescope_grades_a_notebook(machine: Machine) -> None:
    """Hidden probes are evaluated, lateness is noted, and the score equals that of `grade`."""
    machine.submit("autograder/submission", None)
    times = {"created_at": "2026-11-21T12:00:00+00:00"}
    due = {"assignment": {"due_date": "2026-11-20T10:00:00+00:00"}}
    metadata = machine.path("autograder/submission_metadata.json")
    metadata.write_text(json.dumps(times | due))
    done = autograder(machine)
    assert done.returncode == 0, done.stderr
    found = machine.result("autograder/results/results.json")
    assert found["score"] == 79.75
    assert found["extra_data"]["status"] == "graded"
    assert found["extra_data"]["hidden_probes"] is True
    assert "left out" not in found["output"]
    assert "Handed in 1 d 2 h late" in found["output"]


def test_gradescope_gets_a_result_for_a_submission_without_a_notebook(machine: Machine) -> None:
    """The score is 0, and the output says why."""
    machine.submit("autograder/submission", [])
    done = autograder(machine)
    assert done.returncode == 0, done.stderr
    found = machine.result("autograder/results/results.json")
    assert found["score"] == 0
    assert "Nothing was handed in" in found["output"]


def test_a_notebook_cannot_write_gradescopes_result(machine: Machine) -> None:
    """A hostile notebook cannot read the rubric and the keys either."""
    machine.submit("autograder/submission", [*base_cells("wrong"), OVERWRITE])
    done = autograder(machine)
    assert done.returncode == 0, done.stderr
    text = machine.path("autograder/results/results.json").read_text()
    assert json.loads(text)["score"] < 5
    assert "SAW" not in text + done.stdout


def test_prairielearn_grades_a_notebook(other: Machine) -> None:
    """The question's entry point runs, and creates the folder of the result."""
    other.submit("grade/student", None)
    info = other.folder / "prairielearn/questions/induction_heads/info.json"
    entry = json.loads(info.read_text())["externalGradingOptions"]["entrypoint"]
    done = other.run(" ".join(entry))
    assert done.returncode == 0, done.stderr
    found = other.result("grade/results/results.json")
    assert found["gradable"] is True
    assert found["score"] == pytest.approx(0.7975)


def test_coursera_grades_a_notebook(other: Machine) -> None:
    """The image's entry point ignores the arguments that Coursera appends."""
    other.submit("shared/submission", None)
    done = other.run("/lab/grade partId a1 userId 7")
    assert done.returncode == 0, done.stderr
    found = other.result("shared/feedback.json")
    assert set(found) == {"fractionalScore", "feedback"}
    assert found["fractionalScore"] == pytest.approx(0.7975)


def test_students_can_check_their_notebook_without_the_reference(machine: Machine) -> None:
    """The students' wheel installs, has no reference solution, and grades."""
    bundle = machine.folder / "student"
    machine.unpack("student", bundle)
    wheel = next(bundle.glob("*.whl"))
    grader = "/autograder/grader"
    install = f"{grader}/bin/pip install -q --force-reinstall --no-deps --no-index {wheel}"
    check = f"{grader}/bin/python -c 'import reference'"
    done = machine.run(
        f"cd {bundle} && {install} && ! {check} && {grader}/bin/grade {bundle}/*.ipynb"
    )
    assert done.returncode == 1, done.stderr
    assert "ModuleNotFoundError" in done.stderr
    assert "Score 0 / 100" in done.stdout
