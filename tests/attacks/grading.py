"""One sample graded in its world, and what came of it."""

import atexit
import importlib.util
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import monotonic
from types import ModuleType
from typing import Any

from grader.errors import GraderError, SubmissionError
from grader.grading.pipeline import grade_in
from grader.grading.session import Settings, Sitting, open_sitting, warm
from grader.report.model import Report
from grader.rubric.load import load_rubric
from grader.sandbox.forkserver import Warm
from grader.submission.read import read_submission
from tests.attacks.notebooks import PREFIX, base_cells, write_attacked
from tests.attacks.sample import Sample
from tests.attacks.showing import faults
from tests.attacks.traces import RUBRIC
from tests.attacks.world import World
from tests.notebooks import write

WARM = "warm-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """What grading one file gave."""

    report: Report | None
    refused: str
    """Why the file was not graded, in the grader's words."""
    broken: str
    """The error that ended grading: a fault of the grader's, whatever the submission did."""
    seconds: float
    damage: list[str]

    @property
    def lost(self) -> set[str | None]:
        """The functions that lost points."""
        verdicts = self.report.verdicts if self.report else ()
        return {v.function for v in verdicts if v.points < v.max_points}

    @property
    def evidence(self) -> str:
        """What an attack printed that proves it got through; empty when nothing does."""
        return "; ".join(text for text in self._tellings if text != "nothing")

    @property
    def told(self) -> int:
        """How many attacks were heard to their end."""
        return len(self._tellings)

    @property
    def _tellings(self) -> list[str]:
        troubles = self.report.troubles if self.report else ()
        return [t.evalue.removeprefix(PREFIX) for t in troubles if t.evalue.startswith(PREFIX)]


@cache
def sitting(isolation: str) -> Sitting:
    """How samples are graded: on the CPU, in one kind of isolation; kernels are forked if warm."""
    chosen: dict[str, Any] = {"device": "cpu", "isolation": isolation.removeprefix(WARM)}
    found = open_sitting(load_rubric(RUBRIC), Settings(**chosen))
    if not isolation.startswith(WARM):
        return found
    opened = ExitStack()
    atexit.register(opened.close)
    warmed = opened.enter_context(warm(found))
    assert isinstance(warmed.backend, Warm)
    return warmed


def grade_file(path: Path, world: World, isolation: str) -> Graded:
    """Grade one file in a world, and look at the world afterwards."""
    opened = sitting(isolation)
    if isinstance(opened.backend, Warm):
        opened.backend.ready()  # or what comes of it would be taken for the submission's
    world.remember()
    start = monotonic()
    report, refused, broken = None, "", ""
    try:
        report = grade_in(opened, read_submission(path, opened.file.rubric.limits)).report
    except SubmissionError as error:
        refused = str(error)
    except GraderError as error:
        broken = f"{type(error).__name__}: {error}"
    seconds = monotonic() - start
    damage = world.damage()
    if report is not None:
        damage += faults(report, world.canaries.values())
    if any(canary in refused + broken for canary in world.canaries.values()):
        damage.append("a canary in the refusal")
    return Graded(report=report, refused=refused, broken=broken, seconds=seconds, damage=damage)


def attack(sample: Sample, world: World, isolation: str) -> list[Graded]:
    """Write what a sample hands in and grade it, file by file."""
    return [grade_file(path, world, isolation) for path in handed_in(sample, world)]


def attack_together(samples: Sequence[Sample], world: World, isolation: str) -> Graded:
    """Grade one notebook that tries all of these, one after the other."""
    return grade_file(write_attacked(world.submissions, samples, world.facts()), world, isolation)


def handed_in(sample: Sample, world: World) -> list[Path]:
    """The files of a sample: its attacked notebook, or what its maker makes."""
    if sample.kind == "cell":
        return [write_attacked(world.submissions, [sample], world.facts())]
    write(world.submissions / "base.ipynb", base_cells(sample.base))
    made = _module(sample).build(str(world.submissions))
    return [Path(path) for path in made]


def _module(sample: Sample) -> ModuleType:
    """A maker is ours and harmless: it writes files."""
    name = f"maker_{sample.name}"
    spec = importlib.util.spec_from_loader(name, loader=None)
    if spec is None:
        raise ValueError(f"no module can be made of {sample.name}")
    module = importlib.util.module_from_spec(spec)
    exec(compile(sample.code, f"{sample.name}.py", "exec"), module.__dict__)  # noqa: S102 (see above)
    sys.modules.pop(name, None)
    return module
