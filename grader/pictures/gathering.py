"""From observations and an answer key to what a report's pictures show. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.answers import AnswerKey
from grader.illustration import BarsPlan, HeatmapPlan, Illustration, PatternPlan
from grader.pictures.numbers import first_head, heads, matrix, named, tokens
from grader.pictures.picture import Bars, Heatmap, Matrix, Pattern, Picture, Tokens
from grader.pictures.stripe import stripe
from grader.report import Verdict
from grader.rubric import Rubric
from grader.values import Failure, Observation, Value


def pictures_of(
    rubric: Rubric,
    key: AnswerKey,
    observations: Mapping[str, Observation],
    verdicts: tuple[Verdict, ...],
) -> tuple[Picture, ...]:
    """The pictures of every criterion that has some.

    What was asked on hidden models is in none of them, and nothing of a hidden criterion.

    Args:
        rubric: Whose criteria say what is shown.
        key: The expected values.
        observations: The student's, by probe.
        verdicts: On the same submission: an accepted variant has expected values of its own.
    """
    by_id = {verdict.id: verdict for verdict in verdicts}
    found: list[Picture] = []
    for criterion in rubric.criteria:
        verdict = by_id.get(criterion.id)
        if verdict is None or criterion.visibility != "visible":
            continue
        sight = _Sight(rubric, key, observations, verdict)
        found += [picture for plan in criterion.pictures for picture in sight.picture(plan)]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Sight:
    """What there is to see of one criterion."""

    rubric: Rubric
    key: AnswerKey
    observations: Mapping[str, Observation]
    verdict: Verdict

    def picture(self, plan: Illustration) -> Iterator[Picture]:
        """The picture, where there is an answer to show."""
        if any(self._is_hidden(name) for name in plan.probes()):
            return
        match plan:
            case HeatmapPlan():
                yield from self._heatmap(plan)
            case PatternPlan():
                yield from self._pattern(plan)
            case BarsPlan():
                yield from self._bars(plan)
            case _:
                row = tokens(self._answer(plan.probe))
                if row:
                    yield Tokens(criterion=self.verdict.id, title=plan.title, answer=row)

    def _heatmap(self, plan: HeatmapPlan) -> Iterator[Heatmap]:
        answer = matrix(self._answer(plan.probe))
        if answer:
            yield Heatmap(
                criterion=self.verdict.id,
                title=plan.title,
                axes=plan.axes,
                answer=answer,
                expected=matrix(self._expected(plan.probe)),
                marked=heads(self._answer(plan.marked)) if plan.marked else (),
            )

    def _pattern(self, plan: PatternPlan) -> Iterator[Pattern]:
        answer = matrix(self._answer(plan.probe))
        expected = matrix(self._expected(plan.probe))
        if answer and _is_square(answer):
            yield Pattern(
                criterion=self.verdict.id,
                title=plan.title,
                name=first_head(self._answer(plan.head) if plan.head else None),
                answer=answer,
                expected_name=first_head(self._expected(plan.head) if plan.head else None),
                expected=expected if expected and len(expected) == len(answer) else None,
                target=stripe(len(answer), plan.stripe),
            )

    def _bars(self, plan: BarsPlan) -> Iterator[Bars]:
        answer = named(plan, self._answer)
        if answer:
            expected = named(plan, self._expected)
            labels = tuple(answer)
            fits = expected is not None and set(labels) <= set(expected)
            yield Bars(
                criterion=self.verdict.id,
                title=plan.title,
                labels=labels,
                unit=plan.unit,
                answer=tuple(answer.values()),
                expected=tuple(expected[name] for name in labels) if expected and fits else None,
            )

    def _is_hidden(self, probe: str) -> bool:
        return probe not in self.rubric.probes or self.rubric.probes[probe].hidden

    def _answer(self, probe: str) -> Value | None:
        seen = self.observations.get(probe)
        return None if isinstance(seen, Failure) else seen

    def _expected(self, probe: str) -> Value | None:
        """What the accepted variant answers, where the answer was recognised as one's."""
        theirs = self.key.variants.get(self.verdict.variant or "", {}).get(probe)
        known = self.key.expected.get(probe)
        return theirs or (known.value if known else None)


def _is_square(answer: Matrix) -> bool:
    return len(answer) == len(answer[0])
