"""The rubric: what is probed, how it is judged, what it is worth. Everything is data."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.checks import DEFAULT_TOLERANCES, Check, Tolerance
from grader.rubric.charts import Illustration

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Points = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=80)]


_WORD = re.compile(r"\w+")


class Part(BaseModel):
    """A section of the rubric: frozen, and strict about keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Limits(Part):
    """How long and how much a submission may run, in seconds unless the name says otherwise.

    All are enforced from outside the student's process.
    """

    notebook: Positive = 600
    """All cells and probes together, restarts included."""
    cell: Positive = 120
    probe: Positive = 60
    start: Positive = 120
    """Until the kernel is up and the model is built."""
    file_mb: Positive = 50
    """Size of the notebook file, stored outputs included."""
    cells: Annotated[int, Field(gt=0)] = 2000
    restarts: Annotated[int, Field(ge=0)] = 5
    """How often a kernel that died or hung is replaced."""
    memory_gb: Annotated[float, Field(ge=1, allow_inf_nan=False)] = 4
    """Of data, each process and all together; with less than 1 torch does not work."""
    processes: Annotated[int, Field(ge=32)] = 256
    """Processes and threads; like the next ones held only where notebooks are isolated."""
    open_files: Annotated[int, Field(ge=128)] = 512
    home_mb: Annotated[float, Field(ge=16, allow_inf_nan=False)] = 256
    """What a notebook may write, and the largest file."""
    shm_mb: Annotated[float, Field(ge=1, allow_inf_nan=False)] = 64
    """Shared memory."""


class Probe(Part):
    """One expression in the student's names, and the world it is evaluated in."""

    function: Name
    """The function or variable it is about: absent, and the probe counts as not attempted."""
    expression: str | None = None
    """Without one, the variable of that name as the notebook left it."""
    models: Mapping[Name, str] = {"model": "grading"}
    """Names bound to fresh models for the duration of the probe."""
    tensors: Mapping[Name, tuple[Any, ...]] = {}
    """Names bound to int64 tensors."""
    provide: tuple[str, ...] = ()
    """Recordings that stand in for the student's own functions."""
    draws: Annotated[int, Field(ge=1, le=256)] = 1
    """Seeds the reference is run with; more than one where the function draws its own inputs."""
    figures: bool = False
    """The heatmaps the notebook's cells drew; an expression is what the reference draws there."""
    hidden: bool = False
    """Asked only where answers stay with the instructor, on models drawn from the run's seed."""
    side_effects: bool = False
    """Observe what the expression left behind instead of its value."""
    reference_only: bool = False
    """Asked of the reference alone: a yardstick that mistakes are recognised with."""


class RecordingPlan(Part):
    """Calls of a reference function to record, so that a student's own bug in it costs once."""

    replaces: Name
    parameters: Mapping[Name, Any]
    """The function's parameters in order, with defaults (null where there is none)."""
    grid: Mapping[Name, tuple[int, ...]]
    """Every combination is recorded."""
    expression: str
    """The recorded call, in the reference's names and the grid's."""
    arguments: Mapping[Name, str] = {}
    """Parameters that decide which row answers, as expressions; the grid's names by default."""
    cycle: Name | None = None
    """A parameter any value of which is answered, modulo the recorded ones."""
    batch: Name | None = None
    """A tensor parameter recorded row by row that a student may also pass several rows of."""
    models: Mapping[Name, str] = {"model": "grading"}


class Answer(Part):
    """An answer known in advance: a function in place of the lab's, or other results."""

    name: Name
    function: Name
    source: Name | None = None
    """Its function in the module of its kind."""
    instead: Mapping[Name, str] = {}
    """For variables and figures: what the notebook has in place of these probes' answers, as
    expressions in the names of the reference, its mistakes and its cells."""


class Variant(Answer):
    """A different right answer; with neither source nor instead it is the reference's own name."""

    alike: bool = False
    """It answers what the reference answers: the rubric's proof runs it, no key holds it."""
    note: str = ""

    @property
    def is_own(self) -> bool:
        """Whether it is the reference under another name."""
        return self.source is None and not self.instead

    @property
    def is_apart(self) -> bool:
        """Whether it answers something else than the reference."""
        return not self.is_own and not self.alike


class Mistake(Answer):
    """A known wrong answer, and what to say to whoever gives it."""

    when: tuple[Check, ...] = ()
    """How it is recognised where that is not by the same answer: all of these checks pass."""
    says: str
    """One sentence for the student: what this answer does instead."""
    hints: tuple[str, str, str]
    """From a nudge over a pointer to nearly the solution."""
    credit: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of the criterion's points it still earns."""
    loses: Annotated[tuple[Name, ...], Field(min_length=1)]
    """The criteria that this answer must lose; it passes the function's others."""
    may_lose: tuple[Name, ...] = ()
    """Criteria that it loses on some models and passes on others, where it gives what is right."""


class ReferencePlan(Part):
    """Where the reference solution is, and the notebook cells that use it as a student would."""

    modules: tuple[str, ...]
    variants: str | None = None
    mistakes: str | None = None
    cells: tuple[str, ...] = ()


class FollowThrough(Part):
    """What still counts when the answer follows from an earlier mistake that has been charged."""

    requires: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Criteria an answer builds on; where one of them lost points, the checks here decide."""
    checks: Annotated[tuple[Check, ...], Field(min_length=1)]
    """That the answer follows from the student's own earlier ones."""
    credit: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of the points it then earns."""


class Criterion(Part):
    """One row of the report."""

    id: Name
    title: str
    function: Name | None = None
    points: Points
    bonus: bool = False
    """Counts on top of the total, not within it."""
    together: bool = False
    """All checks or nothing, where one alone would be earned by an answer that says nothing."""
    checks: Annotated[tuple[Check, ...], Field(min_length=1)]
    follow_through: FollowThrough | None = None
    hint: str = ""
    pictures: tuple[Illustration, ...] = ()
    """What its report shows of the answers."""
    visibility: Literal["visible", "hidden"] = "visible"

    def probes(self) -> tuple[str, ...]:
        """The probes its checks read, each once."""
        return tuple(dict.fromkeys(name for check in self.checks for name in check.probes()))

    def all_probes(self) -> tuple[str, ...]:
        """Those that following through reads too."""
        later = self.follow_through.checks if self.follow_through else ()
        return tuple(dict.fromkeys((*self.probes(), *(p for c in later for p in c.probes()))))

    def shown_probes(self) -> tuple[str, ...]:
        """Those that its pictures show."""
        return tuple(dict.fromkeys(name for plan in self.pictures for name in plan.probes()))


class Rubric(Part):
    """A whole rubric, as `grader.rubric.load.load_rubric` reads it."""

    lab: Name
    title: str
    version: str
    total: Points
    """What the criteria that are no bonus add up to."""
    models: Mapping[str, str]
    """Names probes use to names of models; ``grading`` is the one the notebook itself gets."""
    hidden: Mapping[str, str] = {}
    """The same names to patterns that hidden models are drawn from: `planted-5..8x4..6@*`."""
    limits: Limits = Limits()
    tolerances: Mapping[str, Tolerance] = {}
    reference: ReferencePlan
    recordings: Mapping[str, RecordingPlan] = {}
    probes: Mapping[str, Probe]
    variants: tuple[Variant, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    explanations: Mapping[Name, str] = {}
    """What a function or variable is about, for whoever lost points on it."""
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]

    @property
    def all_tolerances(self) -> dict[str, Tolerance]:
        """The named classes, the rubric's own before the defaults."""
        return {**DEFAULT_TOLERANCES, **self.tolerances}

    @property
    def functions(self) -> tuple[str, ...]:
        """Every function and variable it asks for, in order."""
        return tuple(dict.fromkeys(probe.function for probe in self.probes.values()))

    def bound_by(self, answer: Answer) -> dict[str, str]:
        """What a variant or mistake puts in place of functions and variables, as expressions."""
        if answer.source is not None:
            return {answer.function: answer.source}
        plain = {name for name, probe in self.probes.items() if probe.expression is None}
        return {self.probes[n].function: text for n, text in answer.instead.items() if n in plain}

    def answered_by(self, answer: Answer) -> tuple[str, ...]:
        """The probes that a variant or mistake has answers of its own to."""
        if answer.source is not None:
            return tuple(
                name
                for name, probe in self.probes.items()
                if probe.function == answer.function and probe.expression and not probe.figures
            )
        names = self.bound_by(answer)
        return tuple(
            name
            for name, probe in self.probes.items()
            if name in answer.instead or names.keys() & set(_WORD.findall(probe.expression or ""))
        )

    def on_model(self, name: str | None) -> "Rubric":
        """The same rubric with another grading model."""
        if name is None:
            return self
        return self.model_copy(update={"models": {**self.models, "grading": name}})

    def without_hidden(self) -> "Rubric":
        """What may be asked where the answers are public: no hidden probe, no check of one."""
        hidden = {name for name, probe in self.probes.items() if probe.hidden}
        if not hidden:
            return self
        criteria = tuple(
            c.model_copy(
                update={"checks": tuple(k for k in c.checks if not hidden & set(k.probes()))}
            )
            for c in self.criteria
        )
        probes = {name: probe for name, probe in self.probes.items() if name not in hidden}
        return self.model_copy(update={"criteria": criteria, "probes": probes})

    def only_hidden(self) -> "Rubric":
        """The hidden probes alone, as a key for them needs."""
        probes = {name: probe for name, probe in self.probes.items() if probe.hidden}
        return self.model_copy(update={"probes": probes})

    def only(self, name: str | None) -> "Rubric":
        """The criteria of one id or function with those they follow from, and their probes."""
        if name is None:
            return self
        asked = [c for c in self.criteria if name in {c.id, c.function}]
        plans = [c.follow_through for c in asked if c.follow_through]
        kept = {c.id for c in asked} | {required for plan in plans for required in plan.requires}
        criteria = tuple(c for c in self.criteria if asked and c.id in kept)
        wanted = {probe for criterion in criteria for probe in criterion.all_probes()}
        shown = {probe for criterion in asked for probe in criterion.shown_probes()}
        wanted |= {
            probe
            for probe in shown & self.probes.keys()
            if self.probes[probe].function in {c.function for c in asked}
        }
        wanted |= {p for m in self.mistakes for check in m.when for p in check.references()}
        probes = {key: probe for key, probe in self.probes.items() if key in wanted}
        return self.model_copy(update={"criteria": criteria, "probes": probes})
