"""What the page of a class shows, out of its submissions and what they come to. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from grader.batch.gradebook import Entry, in_order
from grader.batch.popular_answers import FEWEST, SharedWrong
from grader.batch.results.record import Record
from grader.batch.statistics import LITTLE, CriterionSummary, Spread, Summary, misconceptions_of
from grader.files.untrusted import shown
from grader.render.class_page import (
    ClassPage,
    CriterionLine,
    Doubt,
    MistakeLine,
    Person,
    Row,
    Scores,
)
from grader.rubric.model import Criterion, Rubric

SLOWEST = 5
_LONGEST, _REASON = 80, 400
_NOT_ALL = "Not all of it could be judged."
_MOST = 0.5
"""Of those who were judged: more must have tried what nobody passes, to doubt it."""


def class_view(
    entries: Iterable[Entry],
    records: Iterable[Record],
    summary: Summary,
    rubric: Rubric,
    pages: Mapping[str, str],
) -> ClassPage:
    """Put together what is seen of a class, but for what `with_doubts` adds.

    Args:
        entries: Every submission, overrides and lateness applied.
        records: How they ended.
        summary: What they come to.
        rubric: The one they were graded by.
        pages: By student, where the report is; who has none is not in it.
    """
    ordered, known = in_order(entries), {record.student: record for record in records}
    rows = tuple(_row(entry, known[entry.student], rubric, pages) for entry in ordered)
    scores = Spread(mean=summary.mean, median=summary.median, histogram=summary.histogram)
    lines = zip(summary.criteria, rubric.criteria, strict=True)
    criteria = tuple(_criterion(found, asked) for found, asked in lines)
    return ClassPage(
        title=rubric.title,
        total=rubric.total,
        judged=summary.judged,
        states=tuple(summary.states.items()),
        scores=_scores(scores),
        final=_scores(summary.final) if summary.final != scores else None,
        has_lateness=any(entry.lateness is not None for entry in ordered),
        has_names=any(row.person.name for row in rows),
        criteria=criteria,
        mistakes=_mistakes(rows, summary, rubric),
        doubts=tuple(_never_passed(criteria)),
        failed=tuple(row for row in rows if row.state != "graded"),
        slowest=tuple(sorted(rows, key=lambda row: -row.seconds)[:SLOWEST]),
        rows=rows,
    )


def with_doubts(view: ClassPage, found: Iterable[SharedWrong], rubric: Rubric) -> ClassPage:
    """The same with wrong values that many share, before what nobody passes.

    Args:
        view: What is shown without them.
        found: The values, and who gave them.
        rubric: The one that calls them wrong.
    """
    people = {row.student: row.person for row in view.rows}
    titles = {criterion.id: criterion.title for criterion in rubric.criteria}
    shared = tuple(
        Doubt(
            function=one.function,
            criteria=tuple(titles[name] for name in one.criteria),
            value=shown(one.value, _REASON),
            people=tuple(people[student] for student in one.students),
            judged=one.judged,
        )
        for one in found
    )
    return replace(view, doubts=(*shared, *view.doubts))


def _row(entry: Entry, record: Record, rubric: Rubric, pages: Mapping[str, str]) -> Row:
    report = entry.judged
    outcomes = {verdict.id: verdict.outcome for verdict in report.verdicts} if report else {}
    reason = record.reason or ("" if entry.state == "graded" else _NOT_ALL)
    name = entry.name if entry.name != entry.student else ""
    return Row(
        student=entry.student,
        person=Person(
            key=shown(entry.student, _LONGEST),
            name=shown(name, _LONGEST),
            page=pages.get(entry.student, ""),
        ),
        state=entry.state,
        score=report.score if report else None,
        final=entry.final_score,
        late=_late(entry),
        outcomes=tuple(outcomes.get(criterion.id) for criterion in rubric.criteria),
        mistakes=misconceptions_of(report) if report else (),
        seconds=record.seconds,
        reason=shown(reason, _REASON),
    )


def _late(entry: Entry) -> str:
    """Started days; a question mark where a person has to look."""
    if entry.lateness is None or entry.lateness.review:
        return "?" if entry.lateness else ""
    return str(entry.lateness.days or "")


def _scores(spread: Spread) -> Scores:
    return Scores(mean=spread.mean, median=spread.median, histogram=spread.histogram)


def _criterion(found: CriterionSummary, asked: Criterion) -> CriterionLine:
    return CriterionLine(
        id=found.id,
        title=found.title,
        function=asked.function or "",
        points=asked.points,
        bonus=asked.bonus,
        judged=found.judged,
        attempted=found.attempted,
        passed_share=found.passed_share,
        mean_share=found.mean_share,
        discrimination=found.discrimination,
        remark=remark(found.passed_share, found.discrimination),
    )


def remark(passed_share: float | None, discrimination: float | None) -> str:
    """What is odd about a criterion, in a few words."""
    if passed_share in {0, 1}:
        return "everyone passes" if passed_share else "nobody passes"
    if discrimination is None or round(discrimination, 2) >= LITTLE:  # as it is shown
        return ""
    return "better students lose it" if discrimination < 0 else "says little about the rest"


def _mistakes(rows: Sequence[Row], summary: Summary, rubric: Rubric) -> tuple[MistakeLine, ...]:
    """In the summary's order: first the most frequent."""
    known = {mistake.name: mistake for mistake in rubric.mistakes}
    return tuple(
        MistakeLine(
            name=found.name,
            function=known[found.name].function if found.name in known else "",
            says=known[found.name].says if found.name in known else "",
            people=tuple(row.person for row in rows if found.name in row.mistakes),
        )
        for found in summary.misconceptions
    )


def _never_passed(criteria: Iterable[CriterionLine]) -> Iterator[Doubt]:
    """What nobody passes though most have tried."""
    for one in criteria:
        many = one.attempted >= FEWEST and one.attempted > _MOST * one.judged
        if one.passed_share == 0 and many:
            yield Doubt(
                function=one.function, criteria=(one.title,), value="", people=(), judged=one.judged
            )
