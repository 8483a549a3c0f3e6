"""The page of a whole class: what it is told, and that as one file."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from itertools import groupby

from markupsafe import Markup

from grader.render.templates.page import page
from grader.report.model import Outcome

_PACKAGE = "grader.render.templates"
_FILES = ("page.html.j2", "page.css", "class.html.j2", "class.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A student, as shown."""

    key: str
    name: str
    page: str
    """Where the report is, from the class page on; empty where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One submission."""

    student: str
    """The key as it is: never shown."""
    person: Person
    state: str
    score: float | None
    """None where nothing was judged; so is the next one."""
    final: float | None
    late: str
    outcomes: tuple[Outcome | None, ...]
    """One a criterion."""
    mistakes: tuple[str, ...]
    seconds: float
    reason: str
    """Why it has not been graded as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionLine:
    """How the class did on one criterion."""

    id: str
    title: str
    function: str
    points: float
    bonus: bool
    judged: int
    attempted: int
    passed_share: float | None
    """None where nobody was judged; so is the next one."""
    mean_share: float | None
    discrimination: float | None
    remark: str


ByFunction = tuple[tuple[str, tuple[CriterionLine, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MistakeLine:
    """A known mistake, and who made it."""

    name: str
    function: str
    says: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A reason to doubt the rubric."""

    function: str
    criteria: tuple[str, ...]
    """Their titles."""
    value: str
    """What many gave; empty where nobody passes, whatever they gave."""
    people: tuple[Person, ...]
    judged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """How scores are spread, before or after lateness."""

    mean: float | None
    median: float | None
    histogram: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPage:
    """All that the page shows."""

    title: str
    total: float
    judged: int
    states: tuple[tuple[str, int], ...]
    """Every state, with how many ended in it."""
    scores: Scores
    final: Scores | None
    """After lateness, where that makes a difference."""
    has_lateness: bool
    has_names: bool
    """Whether anyone has a name beside the key."""
    criteria: tuple[CriterionLine, ...]
    mistakes: tuple[MistakeLine, ...]
    doubts: tuple[Doubt, ...]
    failed: tuple[Row, ...]
    slowest: tuple[Row, ...]
    rows: tuple[Row, ...]

    @property
    def every_function(self) -> ByFunction:
        """All criteria."""
        return by_function(self.criteria)

    @property
    def everyone(self) -> ByFunction:
        """What all who were judged pass."""
        return by_function(c for c in self.criteria if c.passed_share == 1)

    @property
    def nobody(self) -> ByFunction:
        """What none of them passes."""
        return by_function(c for c in self.criteria if c.passed_share == 0)

    @property
    def hardest(self) -> tuple[CriterionLine, ...]:
        """What the fewest pass: three at most, and only where somebody failed."""
        known = [c for c in self.criteria if c.passed_share is not None and c.passed_share < 1]
        return tuple(sorted(known, key=lambda c: c.passed_share or 0.0)[:3])


def by_function(lines: Iterable[CriterionLine]) -> ByFunction:
    """Criteria that stand together, under their function."""
    runs = groupby(lines, key=lambda line: line.function)
    return tuple((function, tuple(several)) for function, several in runs)


def class_html(view: ClassPage, *, inputs: str) -> str:
    """The page.

    Args:
        view: What it shows; any text may be a student's.
        inputs: Digest of what it is made from; it stands in the page.
    """
    return page(
        "class.html.j2", script="class.js", view=view, inputs=inputs, picture=_picture(view)
    )


def look() -> str:
    """Digest of how pages look."""
    folder = resources.files(_PACKAGE)
    texts = [folder.joinpath(name).read_bytes() for name in _FILES]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


def _picture(view: ClassPage) -> Markup:
    if not view.judged:
        return Markup()
    # Matplotlib is large: only who draws imports it.
    from grader.render.charts.histogram import spread  # noqa: PLC0415

    after = view.final.histogram if view.final else None
    return spread(view.scores.histogram, after)
