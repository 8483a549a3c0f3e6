"""Builds stored runs from invented answers, as a batch stores them, without running anything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.answer_key.model import AnswerKey
from grader.batch.regrade import RegradeContext, RequiresRerun, rescore
from grader.batch.results.fingerprint import fingerprint_job
from grader.batch.results.observations import StoredRun, decode_run, encode_run, make_stored_run
from grader.execution.job import prepare_submission
from grader.execution.result import CellOutcome, RunResult
from grader.grading.pipeline import Graded
from grader.grading.report_builder import build_report, charts_for, with_run_info
from grader.grading.session import GradingSession, Settings
from grader.protocol.encoding import pack, unpack
from grader.protocol.json_fields import UnreadableError
from grader.protocol.values import (
    Failure,
    Observation,
    RecordedCall,
    Recording,
    SequenceValue,
    Value,
)
from grader.report.model import Report
from grader.rubric.load import RubricFile, parse_rubric
from grader.sandbox.unsandboxed import UNSANDBOXED
from grader.submission.read import Submission
from tests.builders import answer_key, array, number, submission

TEXT = """\
lab: mini
title: Mini lab
version: "1"
total: 10
models: {grading: planted-4x3, small: planted-4x3@5}
hidden: {small: "planted-4..5x3@*"}
limits: {notebook: 600, file_mb: 50}
reference: {modules: [mini]}
recordings:
  rolls: {function: roll, parameters: {seed: null}, inputs: {seed: [0]}, expression: roll(seed)}
  turns: {function: roll, parameters: {seed: null}, inputs: {seed: [0]}, expression: roll(-seed)}
probes:
  first: {function: f, expression: f(model), use_recordings: [rolls]}
  mark: {function: f, expression: f(model), models: {model: small}, use_recordings: [turns]}
  given: {function: g, expression: g(x), tensors: {x: [1, 2]}}
  plain: {function: v}
  shown: {function: v, figures: true}
  left: {function: h, expression: h(model), side_effects: true}
  unread: {function: h, expression: h(2)}
  secret: {function: g, expression: g(model), models: {model: small}, hidden: true}
variants:
  own: {function: f}
  as_printed: {function: f, source: printed, note: As good.}
mistakes:
  marked:
    function: g
    source: wrong
    when: [{kind: properties, probe: mark, within: [5, 6]}]
    message: You rolled five.
    hints: ["One.", "Two.", "Three."]
    credit: 0.25
    fails: [given]
functions:
  f:
    criteria:
      first:
        title: First
        points: 3
        checks: [{close: first}]
        hint: Look.
  g:
    criteria:
      given:
        title: Given
        points: 2
        checks: [{close: given}, {close: secret}]
  v:
    criteria:
      plain:
        title: Plain
        points: 2
        checks: [{close: plain}]
        follow_through:
          requires: [first]
          checks: [{metamorphic: plain, equals_probe: left, message: "No."}]
  notebook:
    criteria:
      shown:
        title: Shown
        points: 1
        checks: [{heatmap: shown, shows: plain}]
  h:
    criteria:
      left:
        title: Left
        points: 2
        checks: [{close: left}]
"""
MATRIX = array([[0.5, 0.25], [0.125, 2.0]])
RIGHT: Mapping[str, Observation] = dict.fromkeys(
    ("first", "mark", "given", "plain", "left", "unread", "secret"), MATRIX
)
DRAWN: dict[str, Any] = {"heatmaps": SequenceValue(kind="figure", items=(MATRIX,))}
MODELS = "digest of the models' code"
ENVIRONMENT = {
    "python": "3.11", "torch": "2.4", "transformer_lens": "3.9", "model": "m", "device": "cpu",
    "versions": {"cuda": 0},
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A rubric and its answer key, for runs with one seed."""

    file: RubricFile
    key: AnswerKey
    seed: int = 0
    full: bool = False

    def but(self, *changes: tuple[str, str]) -> "Course":
        """Return the same with parts of the mini rubric's text replaced."""
        text = TEXT
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        return replace(self, file=parse_rubric(text, name="mini.yaml"))

    @property
    def context(self) -> RegradeContext:
        """The context that stored runs are scored by."""
        return RegradeContext.build(
            self.file, self.key, seed=self.seed, full=self.full, models_sha256=MODELS
        )

    def graded(
        self, answers: Mapping[str, Observation], *sources: str, **changes: Any
    ) -> tuple[StoredRun, Report]:
        """Return the stored run and the report of a notebook with these answers and cells."""
        graded = self.grade(submission(*(sources or ("x = 1",))), answers, **changes)
        request = fingerprint_job(
            graded.prepared.job, seed=self.seed, full=self.full, models=MODELS
        )
        stored = make_stored_run(graded.submission, graded.prepared, graded.result, request)
        return stored, graded.report

    def grade(
        self, notebook: Submission, answers: Mapping[str, Observation], **changes: Any
    ) -> Graded:
        """Grade a submission as if it gave these answers."""
        rubric = self.file.rubric if self.full else self.file.rubric.without_hidden()
        recordings = self.key.recordings
        prepared = prepare_submission(notebook, rubric, recordings, device="cpu", seed=self.seed)
        ids = [probe.id for probe in prepared.job.probes]
        sent = {name: piped(answers[name]) for name in ids if name in answers}
        run = execution(sent, **changes)
        report = build_report(notebook, replace(self.file, rubric=rubric), self.key, prepared, run)
        report = with_run_info(report, full=self.full, seed=self.seed)
        seen = charts_for(rubric, self.key, prepared, run, report.verdicts)
        return Graded(
            report=report, charts=seen, submission=notebook, prepared=prepared, result=run
        )

    @property
    def session(self) -> GradingSession:
        """The session that a batch is graded by, without a sandbox."""
        settings = Settings(device="cpu", full=self.full, isolation="none")
        return GradingSession(
            rubric_file=self.file,
            key=self.key,
            settings=settings,
            seed=self.seed,
            backend=UNSANDBOXED,
        )

    def rescored(self, stored: StoredRun) -> Report:
        """Score a stored run that needs no other run."""
        report = self.rescore(stored)
        assert isinstance(report, Report), report
        return report

    def rescore(self, stored: StoredRun) -> Report | RequiresRerun:
        """Score a stored run after a round trip through its file."""
        return rescore(decode_run(encode_run(stored), name="nb.npz"), self.context)


def execution(observations: Mapping[str, Observation], **changes: Any) -> RunResult:
    """Build the result of a run without errors."""
    ran = RunResult(
        environment=ENVIRONMENT,
        cells=(CellOutcome(index=0, status="ok", seconds=0.25),),
        observations=observations,
        seconds={name: 0.0625 * i for i, name in enumerate(observations)},
        heatmaps=SequenceValue(kind="figure", items=()),
        complete=True,
        isolation="bubblewrap",
    )
    return replace(ran, **changes)


def piped(observation: Observation) -> Observation:
    """Return an observation after a round trip through the pipe, or the failure to read it."""
    try:
        return unpack(pack(observation))
    except UnreadableError as error:
        return Failure(kind="unreadable", message=str(error))


def draws(*values: Value) -> SequenceValue:
    """Build the heatmaps that a notebook's cells draw from matrices or figures."""
    items: tuple[Value, ...] = ()
    for value in values:
        items += value.items if isinstance(value, SequenceValue) else (value,)
    return SequenceValue(kind="figure", items=items)


def comparable(stored: StoredRun) -> StoredRun:
    """Return the same with values as bytes, because arrays cannot be compared."""
    run = stored.execution
    seen: Any = {name: pack(observation) for name, observation in run.observations.items()}
    heatmaps: Any = pack(run.heatmaps)
    return replace(stored, execution=replace(run, observations=seen, heatmaps=heatmaps))


def recording(result: float) -> Recording:
    """Build the recording of a function that returned this number."""
    call = RecordedCall(arguments={"seed": number(0)}, result=number(result))
    return Recording(replaces="roll", parameters={"seed": None}, cycle=None, rows=(call,))


MINI = Course(
    file=parse_rubric(TEXT, name="mini.yaml"),
    key=replace(
        answer_key(
            dict.fromkeys(("first", "mark", "given", "plain", "left", "unread"), MATRIX),
            variants={"as_printed": {"first": array([[9.0]])}},
        ),
        recordings={"rolls": recording(1.0), "turns": recording(2.0)},
    ),
)
