"""Grades a sample and collects the report, the refusal and the damage to its target."""

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
from grader.grading.pipeline import grade_submission
from grader.grading.session import GradingSession, Settings, open_session, prefork
from grader.report.model import Report
from grader.rubric.load import load_rubric
from grader.sandbox.forkserver import ForkServer
from grader.submission.read import read_submission
from tests.attacks.notebooks import PREFIX, base_cells, write_attacked
from tests.attacks.report_faults import find_faults
from tests.attacks.sample import Sample
from tests.attacks.target import Target
from tests.attacks.traces import RUBRIC
from tests.notebooks import write

FORKED = "forked-"
"""Prefix of a backend's name that stands for forked kernels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """The outcome of grading one file."""

    report: Report | None
    refused: str
    """The grader's message if it refused the file."""
    error: str
    """The error that ended grading: always a bug of the grader."""
    seconds: float
    damage: list[str]

    @property
    def lost(self) -> set[str | None]:
        """The functions that lost points."""
        verdicts = self.report.verdicts if self.report else ()
        return {v.function for v in verdicts if v.points < v.max_points}

    @property
    def evidence(self) -> str:
        """Output of an attack that proves it succeeded; empty if there is none."""
        return "; ".join(text for text in self._messages if text != "nothing")

    @property
    def completed(self) -> int:
        """Number of attacks that ran to their end."""
        return len(self._messages)

    @property
    def _messages(self) -> list[str]:
        errors = self.report.cell_errors if self.report else ()
        return [e.evalue.removeprefix(PREFIX) for e in errors if e.evalue.startswith(PREFIX)]


@cache
def session_for(isolation: str) -> GradingSession:
    """Open a grading session on the CPU, in one backend, with forked kernels if so prefixed."""
    settings: dict[str, Any] = {"device": "cpu", "isolation": isolation.removeprefix(FORKED)}
    session = open_session(load_rubric(RUBRIC), Settings(**settings))
    if not isolation.startswith(FORKED):
        return session
    stack = ExitStack()
    atexit.register(stack.close)
    forking = stack.enter_context(prefork(session))
    assert isinstance(forking.backend, ForkServer)
    return forking


def grade_file(path: Path, target: Target, isolation: str) -> Graded:
    """Grade one file and look for damage to its target afterwards."""
    session = session_for(isolation)
    if isinstance(session.backend, ForkServer):
        session.backend.ensure_running()  # or its process would count as the submission's
    target.remember()
    start = monotonic()
    report, refused, error_text = None, "", ""
    try:
        report = grade_submission(
            session, read_submission(path, session.rubric_file.rubric.limits)
        ).report
    except SubmissionError as error:
        refused = str(error)
    except GraderError as error:
        error_text = f"{type(error).__name__}: {error}"
    seconds = monotonic() - start
    damage = target.damage()
    if report is not None:
        damage += find_faults(report, target.canaries.values())
    if any(canary in refused + error_text for canary in target.canaries.values()):
        damage.append("a canary in the refusal")
    return Graded(report=report, refused=refused, error=error_text, seconds=seconds, damage=damage)


def attack(sample: Sample, target: Target, isolation: str) -> list[Graded]:
    """Write a sample's files and grade each of them."""
    return [grade_file(path, target, isolation) for path in write_files(sample, target)]


def attack_together(samples: Sequence[Sample], target: Target, isolation: str) -> Graded:
    """Grade one notebook that tries all the samples, one after the other."""
    return grade_file(
        write_attacked(target.submissions, samples, target.facts()), target, isolation
    )


def write_files(sample: Sample, target: Target) -> list[Path]:
    """Write the files of a sample: its attacked notebook, or whatever its maker builds."""
    if sample.kind == "cell":
        return [write_attacked(target.submissions, [sample], target.facts())]
    write(target.submissions / "base.ipynb", base_cells(sample.base))
    paths = _module(sample).build(str(target.submissions))
    return [Path(path) for path in paths]


def _module(sample: Sample) -> ModuleType:
    """Load a maker as a module; makers are our own and only write files."""
    name = f"maker_{sample.name}"
    spec = importlib.util.spec_from_loader(name, loader=None)
    if spec is None:
        raise ValueError(f"no module can be made of {sample.name}")
    module = importlib.util.module_from_spec(spec)
    exec(compile(sample.code, f"{sample.name}.py", "exec"), module.__dict__)  # noqa: S102 (see above)
    sys.modules.pop(name, None)
    return module
