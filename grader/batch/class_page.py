"""Builds the class page's view model from the gradebook's rows, the results and the summary."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from grader.batch.gradebook import GradebookRow, sorted_rows
from grader.batch.popular_answers import MIN_STUDENTS, PopularAnswer
from grader.batch.results.record import SubmissionResult
from grader.batch.statistics import (
    LOW_DISCRIMINATION,
    CriterionSummary,
    Distribution,
    Summary,
    misconceptions_of,
)
from grader.files.escape import printable
from grader.render.class_page import (
    ClassView,
    CriterionView,
    DoubtView,
    MistakeView,
    PersonView,
    ScoresView,
    SubmissionView,
)
from grader.rubric.model import Rubric
from grader.rubric.sections import Criterion

MAX_SLOWEST = 5
"""Number of the slowest submissions to show."""
_MAX_NAME, _MAX_REASON = 80, 400
_PARTLY_JUDGED = "Not all of it could be judged."
_MIN_ATTEMPT_SHARE = 0.5
"""A criterion that nobody passes is doubtful if more than this fraction attempted it."""


def class_view(
    rows: Iterable[GradebookRow],
    results: Iterable[SubmissionResult],
    summary: Summary,
    rubric: Rubric,
    pages: Mapping[str, str],
) -> ClassView:
    """Build the class page without the popular answers, which `with_doubts` adds.

    Args:
        rows: Every submission with the policies applied.
        results: The results of the same submissions.
        summary: The batch's statistics.
        rubric: The rubric they were graded by.
        pages: Link to each student's report; students without one are left out.
    """
    ordered = sorted_rows(rows)
    by_student = {result.student: result for result in results}
    lines = tuple(_row(row, by_student[row.student], rubric, pages) for row in ordered)
    scores = Distribution(mean=summary.mean, median=summary.median, histogram=summary.histogram)
    paired = zip(summary.criteria, rubric.criteria, strict=True)
    criteria = tuple(_criterion_line(found, criterion) for found, criterion in paired)
    return ClassView(
        title=rubric.title,
        total=rubric.total,
        judged=summary.judged,
        states=tuple(summary.states.items()),
        scores=_scores(scores),
        final=_scores(summary.final) if summary.final != scores else None,
        has_lateness=any(row.lateness is not None for row in ordered),
        has_names=any(line.person.name for line in lines),
        criteria=criteria,
        mistakes=_mistake_lines(lines, summary, rubric),
        doubts=tuple(_criteria_nobody_passes(criteria)),
        failed=tuple(line for line in lines if line.state != "graded"),
        slowest=tuple(sorted(lines, key=lambda line: -line.seconds)[:MAX_SLOWEST]),
        rows=lines,
    )


def with_doubts(view: ClassView, popular: Iterable[PopularAnswer], rubric: Rubric) -> ClassView:
    """Add popular wrong answers to the doubts, before the criteria that nobody passes.

    Args:
        view: The page without them.
        popular: The popular wrong answers.
        rubric: The rubric that they lost points by.
    """
    people = {row.student: row.person for row in view.rows}
    titles = {criterion.id: criterion.title for criterion in rubric.criteria}
    doubts = tuple(
        DoubtView(
            function=answer.function,
            criteria=tuple(titles[name] for name in answer.criteria),
            value=printable(answer.value, _MAX_REASON),
            people=tuple(people[student] for student in answer.students),
            judged=answer.judged,
        )
        for answer in popular
    )
    return replace(view, doubts=(*doubts, *view.doubts))


def remark(passed_share: float | None, discrimination: float | None) -> str:
    """Return a short remark on a criterion with unusual statistics; empty if they are normal."""
    if passed_share in {0, 1}:
        return "everyone passes" if passed_share else "nobody passes"
    # Compared as rounded, because it is shown with two digits.
    if discrimination is None or round(discrimination, 2) >= LOW_DISCRIMINATION:
        return ""
    return "better students lose it" if discrimination < 0 else "says little about the rest"


def _row(
    row: GradebookRow, result: SubmissionResult, rubric: Rubric, pages: Mapping[str, str]
) -> SubmissionView:
    report = row.graded_report
    outcomes = {verdict.id: verdict.outcome for verdict in report.verdicts} if report else {}
    reason = result.reason or ("" if row.state == "graded" else _PARTLY_JUDGED)
    name = row.name if row.name != row.student else ""
    return SubmissionView(
        student=row.student,
        person=PersonView(
            key=printable(row.student, _MAX_NAME),
            name=printable(name, _MAX_NAME),
            page=pages.get(row.student, ""),
        ),
        state=row.state,
        score=report.score if report else None,
        final=row.final_score,
        late=_days_late(row),
        outcomes=tuple(outcomes.get(criterion.id) for criterion in rubric.criteria),
        mistakes=misconceptions_of(report) if report else (),
        seconds=result.seconds,
        reason=printable(reason, _MAX_REASON),
    )


def _days_late(row: GradebookRow) -> str:
    """Return the days late; a question mark if a person has to decide."""
    if row.lateness is None or row.lateness.review:
        return "?" if row.lateness else ""
    return str(row.lateness.days or "")


def _scores(distribution: Distribution) -> ScoresView:
    return ScoresView(
        mean=distribution.mean, median=distribution.median, histogram=distribution.histogram
    )


def _criterion_line(summary: CriterionSummary, criterion: Criterion) -> CriterionView:
    return CriterionView(
        id=summary.id,
        title=summary.title,
        function=criterion.function or "",
        points=criterion.points,
        bonus=criterion.bonus,
        judged=summary.judged,
        attempted=summary.attempted,
        passed_share=summary.passed_share,
        mean_share=summary.mean_share,
        discrimination=summary.discrimination,
        remark=remark(summary.passed_share, summary.discrimination),
    )


def _mistake_lines(
    rows: Sequence[SubmissionView], summary: Summary, rubric: Rubric
) -> tuple[MistakeView, ...]:
    """Return the known mistakes in the summary's order, the most frequent first."""
    known = {mistake.name: mistake for mistake in rubric.mistakes}
    return tuple(
        MistakeView(
            name=made.name,
            function=known[made.name].function if made.name in known else "",
            message=known[made.name].message if made.name in known else "",
            people=tuple(row.person for row in rows if made.name in row.mistakes),
        )
        for made in summary.misconceptions
    )


def _criteria_nobody_passes(criteria: Iterable[CriterionView]) -> Iterator[DoubtView]:
    """Yield a doubt for each criterion that nobody passes though most attempted it."""
    for one in criteria:
        enough = one.attempted >= MIN_STUDENTS and one.attempted > _MIN_ATTEMPT_SHARE * one.judged
        if one.passed_share == 0 and enough:
            yield DoubtView(
                function=one.function, criteria=(one.title,), value="", people=(), judged=one.judged
            )
