"""Measures how far right and wrong answers are from the tolerances of a rubric.

Every accepted variant must lie well within the tolerances, every known mistake well outside. The
answers come as answer keys, one for each set of models: the public models, or some drawn from a
seed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from grader.answer_key.model import AnswerKey
from grader.judging.judge import Judge
from grader.protocol.values import Failure, Observation, Value
from grader.rubric.hidden_models import sample_models
from grader.rubric.known_answers import Mistake, Variant
from grader.rubric.model import Rubric
from grader.rubric.sections import Criterion

MAX_RIGHT_MARGIN, MIN_WRONG_MARGIN = 0.5, 2.0
"""Limits of the margins: right answers stay below the first, wrong ones above the second."""

Kind = Literal["variant", "mistake"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """The margin of one known answer on one criterion, with one set of models."""

    model_set: str
    kind: Kind
    name: str
    criterion: str
    margin: float
    """Largest error as a multiple of its tolerance, against the closest accepted answer."""
    must_fail: bool = False
    """True if this answer must fail this criterion."""
    recognised: bool = True
    """True unless this is a mistake that must fail and is not recognised."""

    @property
    def problem(self) -> str | None:
        """A description of what is wrong with this margin, or None."""
        answer = f"{self.name} ({self.kind}, {self.model_set})"
        if self.must_fail:
            if self.margin <= MIN_WRONG_MARGIN:
                return f"{self.criterion}: {answer} is only {self.margin:.2g} tolerances away"
            return None if self.recognised else f"{self.criterion}: {answer} is not recognised"
        if self.margin >= MAX_RIGHT_MARGIN:
            return f"{self.criterion}: {answer} is right, but {self.margin:.2g} tolerances away"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginReport:
    """The margins of all known answers on all criteria, with all sets of models."""

    rubric: Rubric
    margins: tuple[Margin, ...]

    def problems(self) -> tuple[str, ...]:
        """Return a line for everything that is wrong with the rubric's tolerances or mistakes."""
        untested = [
            f"{c.id}: no known mistake fails it"
            for c in self.rubric.criteria
            if not any(m.must_fail for m in self.for_criterion(c.id))
        ]
        ids = {criterion.id for criterion in self.rubric.criteria}
        failing = {(m.name, m.criterion) for m in self.margins if m.must_fail}
        ineffective = [
            f"{criterion}: {mistake.name} should fail it, but answers none of its probes"
            for mistake in self.rubric.mistakes
            for criterion in mistake.fails
            if criterion in ids and (mistake.name, criterion) not in failing
        ]
        return (*(m.problem for m in self.margins if m.problem), *untested, *ineffective)

    def for_criterion(self, criterion: str) -> tuple[Margin, ...]:
        """Return the margins on one criterion."""
        return tuple(m for m in self.margins if m.criterion == criterion)

    def farthest_right(self, criterion: str) -> Margin | None:
        """Return the right answer that comes closest to being rejected."""
        right = [m for m in self.for_criterion(criterion) if not m.must_fail]
        return max(right, key=lambda m: m.margin, default=None)

    def closest_wrong(self, criterion: str) -> Margin | None:
        """Return the wrong answer that comes closest to being accepted."""
        wrong = [m for m in self.for_criterion(criterion) if m.must_fail]
        return min(wrong, key=lambda m: m.margin, default=None)


def with_drawn_models(rubric: Rubric, seed: int | None) -> Rubric:
    """Return the rubric with no probe hidden, and its hidden models drawn from a seed if given."""
    drawn = sample_models(rubric.hidden, seed) if seed is not None else {}
    probes = {n: p.model_copy(update={"hidden": False}) for n, p in rubric.probes.items()}
    return rubric.model_copy(update={"models": {**rubric.models, **drawn}, "probes": probes})


def measure_margins(rubric: Rubric, key: AnswerKey, model_set: str) -> Iterator[Margin]:
    """Yield the margins of every variant and mistake with one set of models.

    Args:
        rubric: The rubric with these models.
        key: The answers on them, including those of equivalent variants.
        model_set: Name of the set in messages.
    """
    for variant in rubric.variants:
        if not variant.is_reference:
            yield from _variant_margins(rubric, key, variant, model_set)
    for mistake in rubric.mistakes:
        yield from _mistake_margins(rubric, key, mistake, model_set)


def _variant_margins(
    rubric: Rubric, key: AnswerKey, variant: Variant, model_set: str
) -> Iterator[Margin]:
    answers = key.variants.get(variant.name, {})
    probes = rubric.answered_probes(variant)
    judge = _judge_with(rubric, key, {name: answers.get(name) for name in probes})
    for criterion in rubric.criteria:
        if set(criterion.probes()) & set(probes):
            yield Margin(
                model_set=model_set,
                kind="variant",
                name=variant.name,
                criterion=criterion.id,
                margin=_smallest_margin(judge, criterion),
            )


def _mistake_margins(
    rubric: Rubric, key: AnswerKey, mistake: Mistake, model_set: str
) -> Iterator[Margin]:
    answers = key.mistakes.get(mistake.name, {})
    probes = rubric.answered_probes(mistake)
    judge = _judge_with(rubric, key, {name: answers.get(name) for name in probes})
    for criterion in rubric.criteria:
        if set(criterion.probes()) & set(probes):
            margin = _smallest_margin(judge, criterion)
            may_fail = criterion.id in mistake.may_fail and margin > MAX_RIGHT_MARGIN
            must_fail = may_fail or criterion.id in mistake.fails
            yield Margin(
                model_set=model_set,
                kind="mistake",
                name=mistake.name,
                criterion=criterion.id,
                margin=margin,
                must_fail=must_fail,
                recognised=not must_fail or mistake in judge.mistakes(criterion),
            )


def _smallest_margin(judge: Judge, criterion: Criterion) -> float:
    return min(score.margin for score in judge.scores_by_variant(criterion).values())


def _judge_with(rubric: Rubric, key: AnswerKey, answers: Mapping[str, Value | None]) -> Judge:
    """Return a judge of the reference's notebook with other answers to some probes.

    An answer of None stands for a probe that fails.
    """
    observations: dict[str, Observation] = {name: e.value for name, e in key.expected.items()}
    observations |= {
        name: value if value is not None else Failure(kind="raised")
        for name, value in answers.items()
    }
    return Judge(
        rubric=rubric,
        key=key,
        observations=observations,
        seconds={},
        defined_names=frozenset(rubric.functions),
    )
