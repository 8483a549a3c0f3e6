"""Renders the page of a whole class, from dataclasses that hold what `class.html.j2` shows."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from itertools import groupby

from markupsafe import Markup

from grader.render.templates.page import render_page
from grader.report.model import Outcome

_PACKAGE = "grader.render.templates"
_ASSETS = ("page.html.j2", "page.css", "class.html.j2", "class.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """A student as shown on the page."""

    key: str
    name: str
    page: str
    """Relative URL of the student's report, or an empty string."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionView:
    """The row of one submission."""

    student: str
    """The student's key in the results, which is not shown."""
    person: PersonView
    state: str
    score: float | None
    """Score before late penalties, or None if nothing was judged."""
    final: float | None
    """Score after late penalties, or None if nothing was judged."""
    late: str
    outcomes: tuple[Outcome | None, ...]
    """The outcome of each criterion."""
    mistakes: tuple[str, ...]
    seconds: float
    reason: str
    """Reason why the submission was not fully graded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionView:
    """The class's results on one criterion."""

    id: str
    title: str
    function: str
    points: float
    bonus: bool
    judged: int
    attempted: int
    passed_share: float | None
    """Share of students judged who pass, or None if nobody was judged."""
    mean_share: float | None
    """Mean share of the points earned, or None if nobody was judged."""
    discrimination: float | None
    remark: str


_FunctionGroups = tuple[tuple[str, tuple[CriterionView, ...]], ...]
"""Consecutive criteria grouped by their function."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MistakeView:
    """A known mistake and the students who made it."""

    name: str
    function: str
    message: str
    people: tuple[PersonView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtView:
    """A reason to doubt the rubric: a popular wrong answer, or criteria that nobody passes."""

    function: str
    criteria: tuple[str, ...]
    """Titles of the criteria."""
    value: str
    """The popular wrong answer, or an empty string if nobody passes whatever they answer."""
    people: tuple[PersonView, ...]
    judged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoresView:
    """The distribution of scores, before or after late penalties."""

    mean: float | None
    median: float | None
    histogram: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassView:
    """All values that the page shows."""

    title: str
    total: float
    judged: int
    states: tuple[tuple[str, int], ...]
    """Every state with its number of submissions."""
    scores: ScoresView
    final: ScoresView | None
    """Scores after late penalties, if these make a difference."""
    has_lateness: bool
    has_names: bool
    """True if any student has a name besides the key."""
    criteria: tuple[CriterionView, ...]
    mistakes: tuple[MistakeView, ...]
    doubts: tuple[DoubtView, ...]
    failed: tuple[SubmissionView, ...]
    slowest: tuple[SubmissionView, ...]
    rows: tuple[SubmissionView, ...]

    @property
    def by_function(self) -> _FunctionGroups:
        """All criteria, grouped by function."""
        return _group_by_function(self.criteria)

    @property
    def passed_by_all(self) -> _FunctionGroups:
        """Criteria that every student judged passes."""
        return _group_by_function(c for c in self.criteria if c.passed_share == 1)

    @property
    def passed_by_none(self) -> _FunctionGroups:
        """Criteria that no student judged passes."""
        return _group_by_function(c for c in self.criteria if c.passed_share == 0)

    @property
    def hardest(self) -> tuple[CriterionView, ...]:
        """Up to three criteria that the fewest students pass, if somebody fails them."""
        failed = [c for c in self.criteria if c.passed_share is not None and c.passed_share < 1]
        return tuple(sorted(failed, key=lambda c: c.passed_share or 0.0)[:3])


def render_class_page(view: ClassView, *, inputs: str) -> str:
    """Render the page.

    Args:
        view: The values to show; any text may come from a student.
        inputs: Digest of the data that the page was made from, embedded in the page.
    """
    histogram = _score_histogram(view)
    return render_page(
        "class.html.j2", script="class.js", view=view, inputs=inputs, histogram=histogram
    )


def asset_digest() -> str:
    """Return a digest of the page's templates, style and script."""
    folder = resources.files(_PACKAGE)
    contents = [folder.joinpath(name).read_bytes() for name in _ASSETS]
    return hashlib.sha256(b"\0".join(contents)).hexdigest()


def _group_by_function(criteria: Iterable[CriterionView]) -> _FunctionGroups:
    groups = groupby(criteria, key=lambda criterion: criterion.function)
    return tuple((function, tuple(group)) for function, group in groups)


def _score_histogram(view: ClassView) -> Markup:
    if not view.judged:
        return Markup()
    # Matplotlib is slow to import, so import it only for pages with a histogram.
    from grader.render.charts.histogram import score_histogram  # noqa: PLC0415

    after = view.final.histogram if view.final else None
    return score_histogram(view.scores.histogram, after)
