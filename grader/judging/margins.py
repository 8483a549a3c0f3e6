"""Proving a rubric: every right variant well within its tolerances, every mistake well outside.

Pure: what was answered in each world comes as answer keys, one a world. A world is a set of models:
the public ones, or some drawn from a seed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from grader.answer_key.model import AnswerKey
from grader.judging.judge import Judge
from grader.protocol.values import Failure, Observation, Value
from grader.rubric.hidden_models import draw_models
from grader.rubric.model import Criterion, Mistake, Rubric, Variant

NEAR, FAR = 0.5, 2.0
"""A right answer stays below the first, a wrong one above the second: nothing in between."""

Kind = Literal["variant", "mistake"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """How far one known answer is from being accepted, in one world, by one criterion."""

    world: str
    kind: Kind
    name: str
    criterion: str
    margin: float
    """Largest error as a multiple of its tolerance, by the accepted answer it is closest to."""
    loses: bool = False
    """Whether this answer must lose this criterion."""
    named: bool = True
    """Whether a mistake is recognised where it loses."""

    @property
    def problem(self) -> str | None:
        """What is wrong with it, if something is."""
        who = f"{self.name} ({self.kind}, {self.world})"
        if self.loses:
            if self.margin <= FAR:
                return f"{self.criterion}: {who} is only {self.margin:.2g} tolerances away"
            return None if self.named else f"{self.criterion}: {who} is not recognised"
        if self.margin >= NEAR:
            return f"{self.criterion}: {who} is right, and {self.margin:.2g} tolerances away"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """All margins in all worlds."""

    rubric: Rubric
    margins: tuple[Margin, ...]

    def problems(self) -> tuple[str, ...]:
        """Everything that keeps the rubric from being proven."""
        bare = [
            f"{c.id}: no known mistake loses it"
            for c in self.rubric.criteria
            if not any(m.loses for m in self.of(c.id))
        ]
        touched = {(m.name, m.criterion) for m in self.margins if m.loses}
        idle = [
            f"{criterion}: {mistake.name} should lose it and does not touch it"
            for mistake in self.rubric.mistakes
            for criterion in mistake.loses
            if (mistake.name, criterion) not in touched
        ]
        return (*(m.problem for m in self.margins if m.problem), *bare, *idle)

    def of(self, criterion: str) -> tuple[Margin, ...]:
        """One criterion's margins."""
        return tuple(m for m in self.margins if m.criterion == criterion)

    def farthest_right(self, criterion: str) -> Margin | None:
        """The right answer that comes closest to being rejected."""
        right = [m for m in self.of(criterion) if not m.loses]
        return max(right, key=lambda m: m.margin, default=None)

    def closest_wrong(self, criterion: str) -> Margin | None:
        """The wrong answer that comes closest to being accepted."""
        wrong = [m for m in self.of(criterion) if m.loses]
        return min(wrong, key=lambda m: m.margin, default=None)


def in_world(rubric: Rubric, seed: int | None) -> Rubric:
    """The rubric with its models drawn from a seed, or as they are; no probe is hidden here."""
    drawn = draw_models(rubric.hidden, seed) if seed is not None else {}
    probes = {n: p.model_copy(update={"hidden": False}) for n, p in rubric.probes.items()}
    return rubric.model_copy(update={"models": {**rubric.models, **drawn}, "probes": probes})


def margins_in(rubric: Rubric, key: AnswerKey, world: str) -> Iterator[Margin]:
    """The margins of every variant and mistake in one world.

    Args:
        rubric: The rubric in that world.
        key: Its answers there, those of alike variants included.
        world: What to call it.
    """
    for variant in rubric.variants:
        if not variant.is_own:
            yield from _of_variant(rubric, key, variant, world)
    for mistake in rubric.mistakes:
        yield from _of_mistake(rubric, key, mistake, world)


def _of_variant(rubric: Rubric, key: AnswerKey, variant: Variant, world: str) -> Iterator[Margin]:
    answers = key.variants.get(variant.name, {})
    judge = _judge(rubric, key, {name: answers.get(name) for name in rubric.answered_by(variant)})
    for criterion in rubric.criteria:
        if set(criterion.probes()) & set(rubric.answered_by(variant)):
            yield Margin(
                world=world,
                kind="variant",
                name=variant.name,
                criterion=criterion.id,
                margin=_margin(judge, criterion),
            )


def _of_mistake(rubric: Rubric, key: AnswerKey, mistake: Mistake, world: str) -> Iterator[Margin]:
    answers = key.mistakes.get(mistake.name, {})
    asked = rubric.answered_by(mistake)
    judge = _judge(rubric, key, {name: answers.get(name) for name in asked})
    for criterion in rubric.criteria:
        if set(criterion.probes()) & set(asked):
            margin = _margin(judge, criterion)
            perhaps = criterion.id in mistake.may_lose and margin > NEAR
            loses = perhaps or criterion.id in mistake.loses
            yield Margin(
                world=world,
                kind="mistake",
                name=mistake.name,
                criterion=criterion.id,
                margin=margin,
                loses=loses,
                named=not loses or mistake in judge.mistakes(criterion),
            )


def _margin(judge: Judge, criterion: Criterion) -> float:
    return min(judged.margin for judged in judge.accepted(criterion).values())


def _judge(rubric: Rubric, key: AnswerKey, answers: Mapping[str, Value | None]) -> Judge:
    """A notebook that is the reference's but for these answers; None is no answer at all."""
    given: dict[str, Observation] = {name: e.value for name, e in key.expected.items()}
    given |= {
        name: value if value is not None else Failure(kind="raised")
        for name, value in answers.items()
    }
    return Judge(
        rubric=rubric,
        key=key,
        observations=given,
        seconds={},
        names=frozenset(rubric.functions),
    )
