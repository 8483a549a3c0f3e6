"""The rubric: what is probed, how it is judged, what it is worth. Everything is data."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.checks import DEFAULT_TOLERANCES, Check, Tolerance

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Points = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=80)]


class Part(BaseModel):
    """A section of the rubric: frozen, and strict about keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Limits(Part):
    """How long and how much a submission may run, in seconds unless the name says otherwise."""

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
    """The heatmaps the notebook's cells drew, instead of an expression."""


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


class Variant(Part):
    """A different right answer."""

    name: Name
    function: Name
    source: Name | None = None
    """Its function in the variants module; without one, the reference itself goes by this name."""
    note: str = ""


class Mistake(Part):
    """A known wrong answer, and what to say to whoever gives it."""

    name: Name
    function: Name
    source: Name
    """Its function in the mistakes module."""
    says: str
    """One sentence for the student: what this answer does instead."""
    hint: str
    credit: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of the criterion's points it still earns."""


class ReferencePlan(Part):
    """Where the reference solution is, and the notebook cells that use it as a student would."""

    modules: tuple[str, ...]
    variants: str | None = None
    mistakes: str | None = None
    cells: tuple[str, ...] = ()


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
    hint: str = ""
    visibility: Literal["visible", "hidden"] = "visible"

    def probes(self) -> tuple[str, ...]:
        """The probes its checks read, each once."""
        return tuple(dict.fromkeys(name for check in self.checks for name in check.probes()))


class Rubric(Part):
    """A whole rubric, as `grader.rubric_file.load_rubric` reads it."""

    lab: Name
    title: str
    version: str
    total: Points
    """What the criteria that are no bonus add up to."""
    models: Mapping[str, str]
    """Names probes use to names of models; ``grading`` is the one the notebook itself gets."""
    limits: Limits = Limits()
    tolerances: Mapping[str, Tolerance] = {}
    reference: ReferencePlan
    recordings: Mapping[str, RecordingPlan] = {}
    probes: Mapping[str, Probe]
    variants: tuple[Variant, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]

    @property
    def all_tolerances(self) -> dict[str, Tolerance]:
        """The named classes, the rubric's own before the defaults."""
        return {**DEFAULT_TOLERANCES, **self.tolerances}

    @property
    def functions(self) -> tuple[str, ...]:
        """Every function and variable it asks for, in order."""
        return tuple(dict.fromkeys(probe.function for probe in self.probes.values()))

    def on_model(self, name: str | None) -> "Rubric":
        """The same rubric with another grading model."""
        if name is None:
            return self
        return self.model_copy(update={"models": {**self.models, "grading": name}})

    def only(self, name: str | None) -> "Rubric":
        """The criteria of one id or function, and the probes they read."""
        if name is None:
            return self
        criteria = tuple(c for c in self.criteria if name in {c.id, c.function})
        wanted = {probe for criterion in criteria for probe in criterion.probes()}
        probes = {key: probe for key, probe in self.probes.items() if key in wanted}
        return self.model_copy(update={"criteria": criteria, "probes": probes})


def contradictions(rubric: Rubric) -> list[tuple[tuple[str | int, ...], str]]:
    """What is wrong between the parts of a rubric whose parts are right: (path, what)."""
    found = [
        *_unknown_names(rubric),
        *_probe_names(rubric),
        *_functions(rubric),
        *_repeats(rubric),
    ]
    total = sum(c.points for c in rubric.criteria if not c.bonus)
    if abs(total - rubric.total) > 1e-9:  # noqa: PLR2004 (rounding of decimal points)
        found.append((("total",), f"the criteria add up to {total:g}, not {rubric.total:g}"))
    return found


def _unknown_names(rubric: Rubric) -> list[tuple[tuple[str | int, ...], str]]:
    found: list[tuple[tuple[str | int, ...], str]] = []
    for i, criterion in enumerate(rubric.criteria):
        for j, check in enumerate(criterion.checks):
            at = ("criteria", i, "checks", j)
            names = dict.fromkeys((*check.probes(), *check.references()))
            found += [
                (at, f"no probe is named {name!r}") for name in names if name not in rubric.probes
            ]
            tolerance = getattr(check, "tolerance", None)
            if tolerance is not None and tolerance not in rubric.all_tolerances:
                found.append(((*at, "tolerance"), f"no tolerance class is named {tolerance!r}"))
    return found


def _probe_names(rubric: Rubric) -> list[tuple[tuple[str | int, ...], str]]:
    found: list[tuple[tuple[str | int, ...], str]] = []
    if "grading" not in rubric.models:
        found.append((("models",), "one of the models must be named 'grading'"))
    worlds: list[tuple[tuple[str, str], Mapping[str, str]]] = [
        *((("probes", name), probe.models) for name, probe in rubric.probes.items()),
        *((("recordings", name), plan.models) for name, plan in rubric.recordings.items()),
    ]
    for at, models in worlds:
        found += [
            (at, f"no model is named {m!r}") for m in models.values() if m not in rubric.models
        ]
    for name, probe in rubric.probes.items():
        unknown = [r for r in probe.provide if r not in rubric.recordings]
        found += [(("probes", name, "provide"), f"no recording is named {r!r}") for r in unknown]
    return found


def _functions(rubric: Rubric) -> list[tuple[tuple[str | int, ...], str]]:
    """Criteria, variants and mistakes that are about a function no probe asks for."""
    about: list[tuple[str, int, str | None]] = [
        *(("criteria", i, c.function) for i, c in enumerate(rubric.criteria)),
        *(("variants", i, v.function) for i, v in enumerate(rubric.variants)),
        *(("mistakes", i, m.function) for i, m in enumerate(rubric.mistakes)),
    ]
    return [
        ((section, i, "function"), f"no probe is about {function!r}")
        for section, i, function in about
        if function is not None and function not in rubric.functions
    ]


def _repeats(rubric: Rubric) -> list[tuple[tuple[str | int, ...], str]]:
    found: list[tuple[tuple[str | int, ...], str]] = []
    for section, names in (
        ("criteria", [c.id for c in rubric.criteria]),
        ("variants", [v.name for v in rubric.variants]),
        ("mistakes", [m.name for m in rubric.mistakes]),
    ):
        found += [
            ((section, i), f"{name!r} stands twice")
            for i, name in enumerate(names)
            if name in names[:i]
        ]
    return found
