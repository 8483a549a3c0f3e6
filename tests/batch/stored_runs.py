"""Runs that never ran: a notebook's answers made up, stored as a batch stores them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.answer_key.model import AnswerKey
from grader.batch.regrade import NeedsRun, Standard, rescore, standard
from grader.batch.results.fingerprint import asked
from grader.batch.results.observations import Stored, from_npz, keep, to_npz
from grader.execution.job import instrument
from grader.execution.result import CellOutcome, Execution
from grader.grading.pipeline import Graded, judge, of_run, pictures_in
from grader.grading.session import Settings, Sitting
from grader.protocol.encoding import UnreadableError, pack, unpack
from grader.protocol.values import Failure, Group, Observation, RecordedCall, Recording, Value
from grader.report.model import Report
from grader.rubric.load import RubricFile, parse_rubric
from grader.sandbox.unsandboxed import NONE
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
  rolls: {replaces: roll, parameters: {seed: null}, grid: {seed: [0]}, expression: roll(seed)}
  turns: {replaces: roll, parameters: {seed: null}, grid: {seed: [0]}, expression: roll(-seed)}
probes:
  first: {function: f, expression: f(model), provide: [rolls]}
  mark: {function: f, expression: f(model), models: {model: small}, provide: [turns]}
  given: {function: g, expression: g(x), tensors: {x: [1, 2]}}
  plain: {function: v}
  shown: {function: v, figures: true}
  left: {function: h, expression: h(model), side_effects: true}
  unread: {function: h, expression: h(2)}
  secret: {function: g, expression: g(model), models: {model: small}, hidden: true}
variants:
  - {name: own, function: f}
  - {name: as_printed, function: f, source: printed, note: As good.}
mistakes:
  - name: marked
    function: g
    source: wrong
    when: [{kind: properties, probe: mark, within: [5, 6]}]
    says: You rolled five.
    hints: ["One.", "Two.", "Three."]
    credit: 0.25
    loses: [given]
criteria:
  - id: first
    title: First
    function: f
    points: 3
    checks: [{kind: close, probe: first}]
    hint: Look.
  - id: given
    title: Given
    function: g
    points: 2
    checks: [{kind: close, probe: given}, {kind: close, probe: secret}]
  - id: plain
    title: Plain
    function: v
    points: 2
    checks: [{kind: close, probe: plain}]
    follow_through:
      requires: [first]
      checks: [{kind: relation, probe: plain, of: left, says: "No."}]
  - id: shown
    title: Shown
    points: 1
    checks: [{kind: heatmap, figures: shown, shows: plain}]
  - id: left
    title: Left
    function: h
    points: 2
    checks: [{kind: close, probe: left}]
"""
MATRIX = array([[0.5, 0.25], [0.125, 2.0]])
RIGHT: Mapping[str, Observation] = dict.fromkeys(
    ("first", "mark", "given", "plain", "left", "unread", "secret"), MATRIX
)
DRAWN: dict[str, Any] = {"heatmaps": Group(kind="figure", items=(MATRIX,))}
MODELS = "digest of the models' code"
ENVIRONMENT = {
    "python": "3.11", "torch": "2.4", "transformer_lens": "3.9", "model": "m", "device": "cpu",
    "versions": {"cuda": 0},
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A rubric and its key, for runs of one seed."""

    file: RubricFile
    key: AnswerKey
    seed: int = 0
    full: bool = False

    def but(self, *changes: tuple[str, str]) -> "Course":
        """The same with parts of the mini rubric's text replaced."""
        text = TEXT
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        return replace(self, file=parse_rubric(text, name="mini.yaml"))

    @property
    def standard(self) -> Standard:
        """What it scores by."""
        return standard(self.file, self.key, seed=self.seed, full=self.full, models=MODELS)

    def graded(
        self, answers: Mapping[str, Observation], *sources: str, **changes: Any
    ) -> tuple[Stored, Report]:
        """What is stored of a notebook of these cells with these answers, and its report."""
        ran = self.ran(submission(*(sources or ("x = 1",))), answers, **changes)
        what = asked(ran.prepared.job, seed=self.seed, full=self.full, models=MODELS)
        return keep(ran.submission, ran.prepared, ran.execution, what), ran.report

    def ran(
        self, handed_in: Submission, answers: Mapping[str, Observation], **changes: Any
    ) -> Graded:
        """What becomes of a submission that gives these answers."""
        rubric = self.file.rubric if self.full else self.file.rubric.without_hidden()
        recordings = self.key.recordings
        prepared = instrument(handed_in, rubric, recordings, device="cpu", seed=self.seed)
        ids = [probe.id for probe in prepared.job.probes]
        sent = {name: piped(answers[name]) for name in ids if name in answers}
        run = execution(sent, **changes)
        report = judge(handed_in, replace(self.file, rubric=rubric), self.key, prepared, run)
        report = of_run(report, full=self.full, seed=self.seed)
        seen = pictures_in(rubric, self.key, prepared, run, report.verdicts)
        return Graded(
            report=report, pictures=seen, submission=handed_in, prepared=prepared, execution=run
        )

    @property
    def sitting(self) -> Sitting:
        """It as what a batch is graded by, without isolation."""
        settings = Settings(device="cpu", full=self.full, isolation="none")
        return Sitting(
            file=self.file, key=self.key, settings=settings, seed=self.seed, backend=NONE
        )

    def rescored(self, stored: Stored) -> Report:
        """What it scores a submission by what is read back from its file."""
        found = self.tried(stored)
        assert isinstance(found, Report), found
        return found

    def tried(self, stored: Stored) -> Report | NeedsRun:
        """The same where it may need a run."""
        return rescore(from_npz(to_npz(stored), name="nb.npz"), self.standard)


def execution(observations: Mapping[str, Observation], **changes: Any) -> Execution:
    """A run that went well."""
    ran = Execution(
        environment=ENVIRONMENT,
        cells=(CellOutcome(index=0, status="ok", seconds=0.25),),
        observations=observations,
        seconds={name: 0.0625 * i for i, name in enumerate(observations)},
        heatmaps=Group(kind="figure", items=()),
        complete=True,
        isolation="bubblewrap",
    )
    return replace(ran, **changes)


def piped(observation: Observation) -> Observation:
    """What comes out of the pipe: itself, or why it cannot be read."""
    try:
        return unpack(pack(observation))
    except UnreadableError as error:
        return Failure(kind="unreadable", message=str(error))


def draws(*values: Value) -> Group:
    """What the notebook's cells draw: these matrices, or those of these figures."""
    items: tuple[Value, ...] = ()
    for value in values:
        items += value.items if isinstance(value, Group) else (value,)
    return Group(kind="figure", items=items)


def comparable(stored: Stored) -> Stored:
    """The same with values as their bytes: arrays do not compare."""
    run = stored.execution
    seen: Any = {name: pack(observation) for name, observation in run.observations.items()}
    heatmaps: Any = pack(run.heatmaps)
    return replace(stored, execution=replace(run, observations=seen, heatmaps=heatmaps))


def recording(result: float) -> Recording:
    """A function that gave this when it was recorded."""
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
