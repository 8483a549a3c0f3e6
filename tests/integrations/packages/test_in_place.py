"""Packages where platforms put them: installed from a wheel, run for real and without a network."""

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
]


@dataclass(frozen=True, slots=True)
class World:
    """A file system in which platforms' paths are folders of ours."""

    folder: Path

    def run(self, command: str, *, network: bool = False) -> "subprocess.CompletedProcess[str]":
        """A shell command in a mount namespace of its own, and without a network."""
        binds = [f"mount --bind {self.of(place)} /{place}" for place in PLACES]
        apart = ["unshare", "--mount", *([] if network else ["--net"])]
        script = " && ".join([*binds, command])
        clean = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"}
        ours = {k: v for k, v in os.environ.items() if k.startswith("PIP_")} if network else {}
        return subprocess.run(
            [*apart, "bash", "-c", script],
            check=False, capture_output=True, text=True, env=clean | ours, timeout=900, cwd="/",
        )  # fmt: skip

    def of(self, place: str) -> Path:
        """The folder that a path of a platform's stands for."""
        return self.folder / place

    def unpack(self, platform: str, there: Path, worlds: int = 0) -> None:
        """Pack as an instructor does, and unpack as the platform does, programs marked."""
        zipped = self.folder / f"{platform}.zip"
        command = [sys.executable, "-m", "grader", "package", platform, "-o", str(zipped)]
        subprocess.run([*command, "--worlds", str(worlds)], check=True, capture_output=True)
        with zipfile.ZipFile(zipped) as archive:
            for info in archive.infolist():
                Path(archive.extract(info, there)).chmod((info.external_attr >> 16) & 0o777)

    def hand_in(self, place: str, cells: list[str] | None) -> None:
        """Exactly one notebook there: these cells, or the example."""
        folder = self.of(place)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if cells is None:
            shutil.copy(EXAMPLE, folder / "induction_heads.ipynb")
        elif cells:
            write(folder / "induction_heads.ipynb", cells)

    def result(self, path: str) -> Any:
        """What the platform reads."""
        return json.loads(self.of(path).read_text())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """With Gradescope's zip unpacked and set up: installed from its wheel, from nothing."""
    world = World(tmp_path_factory.mktemp("world"))
    made = [Path("/", place) for place in PLACES if not Path("/", place).exists()]
    for place in PLACES:
        world.of(place).mkdir(parents=True)
        Path("/", place).mkdir(parents=True, exist_ok=True)
    world.unpack("gradescope", world.of("autograder/source"), worlds=1)
    done = world.run("bash /autograder/source/setup.sh", network=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    shutil.copy(world.of("autograder/source/run_autograder"), world.of("autograder"))
    yield world
    for mounted in made:
        mounted.rmdir()


@pytest.fixture(scope="module")
def other(world: World) -> World:
    """With PrairieLearn's and Coursera's files; their image's grader is the one set up above."""
    question = world.folder / "prairielearn"
    world.unpack("prairielearn", question)
    shutil.copytree(question / "questions/induction_heads/tests", world.of("grade/tests"))
    coursera = world.folder / "coursera"
    world.unpack("coursera", coursera)
    shutil.copytree(coursera / "lab", world.of("lab"), dirs_exist_ok=True)
    for keys in ("grade/tests/keys", "lab/keys"):  # made once: that takes a while
        shutil.copy(world.of("autograder/source/keys/1.key"), world.of(keys))
    image, built = coursera / "grader", question / "image/grader"
    assert sorted(p.name for p in image.iterdir()) == sorted(p.name for p in built.iterdir())
    for name in ("install.sh", "constraints.txt"):
        source = world.of("autograder/source") / name
        assert (image / name).read_bytes() == source.read_bytes()
    place = world.of("opt/induction-lab-grader")
    place.rmdir()
    place.symlink_to("/autograder/grader")
    return world


def autograder(world: World) -> "subprocess.CompletedProcess[str]":
    """Gradescope's run of what was handed in."""
    shutil.rmtree(world.of("autograder/results"), ignore_errors=True)
    world.of("autograder/results").mkdir()
    return world.run("cd /autograder && ./run_autograder")


def test_gradescope_grades_a_notebook(world: World) -> None:
    """Hidden probes are asked, lateness is told, and the points are what `grade` gives."""
    world.hand_in("autograder/submission", None)
    times = {"created_at": "2026-11-21T12:00:00+00:00"}
    due = {"assignment": {"due_date": "2026-11-20T10:00:00+00:00"}}
    about = world.of("autograder/submission_metadata.json")
    about.write_text(json.dumps(times | due))
    done = autograder(world)
    assert done.returncode == 0, done.stderr
    found = world.result("autograder/results/results.json")
    assert found["score"] == 79.75
    assert found["extra_data"]["status"] == "graded"
    assert found["extra_data"]["hidden_probes"] is True
    assert "left out" not in found["output"]
    assert "Handed in 1 d 2 h late" in found["output"]


def test_gradescope_is_told_of_a_submission_without_a_notebook(world: World) -> None:
    """A result that says so."""
    world.hand_in("autograder/submission", [])
    done = autograder(world)
    assert done.returncode == 0, done.stderr
    found = world.result("autograder/results/results.json")
    assert found["score"] == 0
    assert "Nothing was handed in" in found["output"]


def test_gradescopes_result_is_not_the_notebooks_to_write(world: World) -> None:
    """Nor are rubric and keys there to be seen."""
    world.hand_in("autograder/submission", [*base_cells("wrong"), OVERWRITE])
    done = autograder(world)
    assert done.returncode == 0, done.stderr
    text = world.of("autograder/results/results.json").read_text()
    assert json.loads(text)["score"] < 5
    assert "SAW" not in text + done.stdout


def test_prairielearn_grades_a_notebook(other: World) -> None:
    """By the entry point that its question names, into a folder that it has to make."""
    other.hand_in("grade/student", None)
    info = other.folder / "prairielearn/questions/induction_heads/info.json"
    entry = json.loads(info.read_text())["externalGradingOptions"]["entrypoint"]
    done = other.run(" ".join(entry))
    assert done.returncode == 0, done.stderr
    found = other.result("grade/results/results.json")
    assert found["gradable"] is True
    assert found["score"] == pytest.approx(0.7975)


def test_coursera_grades_a_notebook(other: World) -> None:
    """By the image's entry point, whatever arguments Coursera adds."""
    other.hand_in("shared/submission", None)
    done = other.run("/lab/grade partId a1 userId 7")
    assert done.returncode == 0, done.stderr
    found = other.result("shared/feedback.json")
    assert set(found) == {"fractionalScore", "feedback"}
    assert found["fractionalScore"] == pytest.approx(0.7975)


def test_students_check_themselves_without_the_reference(world: World) -> None:
    """The student's bundle installs over the same packages, and grades without any answer."""
    bundle = world.folder / "student"
    world.unpack("student", bundle)
    wheel = next(bundle.glob("*.whl"))
    grader = "/autograder/grader"
    install = f"{grader}/bin/pip install -q --force-reinstall --no-deps --no-index {wheel}"
    check = f"{grader}/bin/python -c 'import reference'"
    done = world.run(
        f"cd {bundle} && {install} && ! {check} && {grader}/bin/grade {bundle}/*.ipynb"
    )
    assert done.returncode == 1, done.stderr
    assert "ModuleNotFoundError" in done.stderr
    assert "Score 0 / 100" in done.stdout
