"""The sections of a rubric that say what is run and how it is judged."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.checks import Check
from grader.rubric.charts import ChartSpec

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Points = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=80)]


class Part(BaseModel):
    """Base class of all sections of a rubric: immutable, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Limits(Part):
    """Resource limits of a submission, in seconds unless the name says otherwise.

    All of them are enforced from outside the student's process.
    """

    notebook: Positive = 600
    """Time for all cells and probes together, restarts included."""
    cell: Positive = 120
    """Time for one cell."""
    probe: Positive = 60
    """Time for one probe."""
    start: Positive = 120
    """Time until the kernel is running and the model is built."""
    file_mb: Positive = 50
    """Maximum size of the notebook file, stored outputs included."""
    cells: Annotated[int, Field(gt=0)] = 2000
    """Maximum number of cells."""
    restarts: Annotated[int, Field(ge=0)] = 5
    """Number of times that a kernel which died or hung is replaced."""
    memory_gb: Annotated[float, Field(ge=1, allow_inf_nan=False)] = 4
    """Memory for data, per process and for all processes together; torch needs at least 1."""
    processes: Annotated[int, Field(ge=32)] = 256
    """Maximum number of processes and threads. Like the limits below, it needs a sandbox."""
    open_files: Annotated[int, Field(ge=128)] = 512
    """Maximum number of open files of a process."""
    home_mb: Annotated[float, Field(ge=16, allow_inf_nan=False)] = 256
    """Maximum size of everything a notebook writes, and of a single file."""
    shm_mb: Annotated[float, Field(ge=1, allow_inf_nan=False)] = 64
    """Maximum size of shared memory."""


class Probe(Part):
    """An expression that is evaluated with the student's own functions and variables."""

    function: Name
    """Function or variable that the probe tests; if it is missing, the probe is not attempted."""
    expression: str | None = None
    """Python expression; without one, the probe is the variable as the notebook left it."""
    models: Mapping[Name, str] = {"model": "grading"}
    """Names bound to fresh copies of models while the probe runs."""
    tensors: Mapping[Name, tuple[Any, ...]] = {}
    """Names bound to int64 tensors."""
    use_recordings: tuple[str, ...] = ()
    """Recordings that are played back instead of calling the student's own functions."""
    n_seeds: Annotated[int, Field(ge=1, le=256)] = 1
    """Number of seeds the reference is run with; more than one if the function draws its inputs."""
    figures: bool = False
    """True for the heatmaps drawn by the notebook; the expression is what the reference draws."""
    hidden: bool = False
    """True for a probe that only the instructor runs, on models drawn from the run's seed."""
    side_effects: bool = False
    """True to observe the side effects of the expression instead of its value."""
    reference_only: bool = False
    """True for a probe of the reference alone, which known mistakes are recognised with."""


class RecordingPlan(Part):
    """Calls of a reference function to record, so that a mistake in it costs points only once."""

    function: Name
    """The recorded function; while a recording is used, it replaces the student's own."""
    parameters: Mapping[Name, Any]
    """The function's parameters in order, with their defaults (null if there is none)."""
    inputs: Mapping[Name, tuple[int, ...]]
    """Whole numbers for each name; every combination is recorded."""
    cases: Mapping[Name, tuple[str, ...]] = {}
    """Expressions for each name, such as lists of heads; they are combined with the inputs."""
    expression: str
    """The recorded call, which may use the names of the reference, the inputs and the cases."""
    arguments: Mapping[Name, str] = {}
    """Expressions for the parameters by which a call is looked up; by default, the inputs."""
    cycle_over: Name | None = None
    """Parameter for which any value is answered, modulo the number of recorded values."""
    batch: Name | None = None
    """Tensor parameter that is recorded row by row and may be passed with several rows."""
    models: Mapping[Name, str] = {"model": "grading"}
    """Names bound to models while the call is recorded."""


class ReferencePlan(Part):
    """Location of the reference solution, and notebook cells that use it as a student would."""

    modules: tuple[str, ...]
    """Modules or packages of the reference, in the order in which they are read."""
    variants: str | None = None
    """Module or package with accepted variants; equivalent ones are found there by themselves."""
    mistakes: str | None = None
    """Module or package with known mistakes, and YAML files that describe them."""
    cells: tuple[str, ...] = ()
    """Notebook cells that make the variables and figures that probes look at."""


class FollowThrough(Part):
    """Credit for an answer that follows from an earlier mistake which already cost points."""

    requires: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Earlier criteria that the answer builds on; this applies if one of them lost points."""
    checks: Annotated[tuple[Check, ...], Field(min_length=1)]
    """Checks that the answer follows from the student's own earlier answers."""
    credit: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of the points that the answer then earns."""


class CriterionEntry(Part):
    """One row of the report: a title, its points, and the checks that earn them."""

    title: str
    """Short description for the report."""
    points: Points
    """Points of the criterion, shared out among its checks by weight."""
    bonus: bool = False
    """True if the points come on top of the total."""
    all_or_nothing: bool = False
    """True if the points are earned only when every check passes."""
    checks: Annotated[tuple[Check, ...], Field(min_length=1)]
    """Checks that decide how many of the points are earned."""
    follow_through: FollowThrough | None = None
    """Credit if the answer follows from an earlier mistake."""
    hint: str = ""
    """Hint for students who lose points without a known mistake."""
    pictures: tuple[ChartSpec, ...] = ()
    """Charts of the answers in the report."""
    visibility: Literal["visible", "hidden"] = "visible"
    """`hidden` keeps everything but the outcome from students."""


class Criterion(CriterionEntry):
    """One row of the report, with its id and the function it belongs to."""

    id: Name
    function: Name | None = None

    def probes(self) -> tuple[str, ...]:
        """Return the probes that the checks read, without repeats."""
        return tuple(dict.fromkeys(name for check in self.checks for name in check.probes()))

    def all_probes(self) -> tuple[str, ...]:
        """Return the probes of the checks and of following through, without repeats."""
        later = self.follow_through.checks if self.follow_through else ()
        return tuple(dict.fromkeys((*self.probes(), *(p for c in later for p in c.probes()))))

    def shown_probes(self) -> tuple[str, ...]:
        """Return the probes that the charts show, without repeats."""
        return tuple(dict.fromkeys(name for plan in self.pictures for name in plan.probes()))
