"""Computes verdicts from observations and an answer key. Reads no file and starts no kernel.

Points are earned only by a check that observed a value and passed; everything else scores zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from grader.answer_key.model import AnswerKey
from grader.checks import CheckInputs, CheckResult
from grader.checks.base import BaseCheck
from grader.judging.failures import describe_failure, was_skipped
from grader.judging.known_mistakes import MistakeMatcher
from grader.protocol.values import Expected, Failure, Observation, Value
from grader.report.model import Outcome, Verdict
from grader.rubric.known_answers import Mistake, Variant
from grader.rubric.model import Rubric
from grader.rubric.sections import Criterion

CONSISTENT_FEEDBACK = (
    "This answer is consistent with your earlier answers, so it earns credit; "
    "the points were already deducted there."
)
HIDDEN_MODEL_FEEDBACK = "It does not hold on a model you have not seen."
_MISSING = Failure(kind="missing")
_CRASHED = frozenset({"raised", "kernel_died", "timed_out"})
"""Kinds of failures in which the student's function ran and did not return."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionScore:
    """The results of a criterion's checks under one set of expected values."""

    results: tuple[CheckResult, ...]
    blocked: bool
    """True if a check lacked a reference value."""
    share: float
    """Share of the points earned."""

    @property
    def margin(self) -> float:
        """Largest error as a multiple of its tolerance; infinite if an error has no size."""
        margins = (
            f.margin if f.margin is not None else 0.0 if f.passed else float("inf")
            for f in self.results
        )
        return max(margins, default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Judges the criteria of one submission."""

    rubric: Rubric
    key: AnswerKey
    observations: Mapping[str, Observation]
    seconds: Mapping[str, float]
    defined_names: frozenset[str]
    """Names that the notebook defines, to tell a renamed function from a missing one."""

    def verdicts(self) -> tuple[Verdict, ...]:
        """Return the verdict on every criterion, in the rubric's order."""
        verdicts: dict[str, Verdict] = {}
        for criterion in self.rubric.criteria:
            verdicts[criterion.id] = self.verdict(criterion, verdicts)
        return tuple(verdicts.values())

    def verdict(
        self, criterion: Criterion, earlier: Mapping[str, Verdict] = MappingProxyType({})
    ) -> Verdict:
        """Judge one criterion against the reference, the accepted variants and known mistakes.

        Args:
            criterion: The criterion.
            earlier: The verdicts it may follow through from, by id.
        """
        variant, score = self._match_variant(criterion)
        mistakes = self.mistakes(criterion) if score.share < 1 else ()
        share = max([score.share, *(mistake.credit for mistake in mistakes[:1])])
        followed = share < 1 and self._follows_through(criterion, earlier)
        if followed and criterion.follow_through:
            share = max(share, criterion.follow_through.credit)
        hints = mistakes[0].hints if mistakes else (criterion.hint,) if criterion.hint else ()
        verdict = Verdict(
            id=criterion.id,
            function=criterion.function,
            title=criterion.title,
            outcome=self._outcome(criterion, score, share),
            points=_points(share, criterion),
            max_points=criterion.points,
            bonus=criterion.bonus,
            feedback=CONSISTENT_FEEDBACK if followed else _feedback(score, variant, mistakes),
            hints=() if share >= 1 else hints,
            misconception=mistakes[0].name if mistakes and not followed else None,
            explanation=self._explanation(criterion) if share < 1 and not followed else "",
            variant=variant.name if variant else None,
            followed=followed,
            visibility=criterion.visibility,
            seconds=sum(self.seconds.get(name, 0.0) for name in criterion.probes()),
        )
        return verdict if criterion.visibility == "visible" else _redact(verdict)

    def scores_by_variant(self, criterion: Criterion) -> dict[str | None, CriterionScore]:
        """Score the answers against the reference (None) and each variant with its own answers."""
        variants = [
            v
            for v in self.rubric.variants
            if v.function == criterion.function and v.has_other_values
        ]
        return {
            None: self._score(criterion, self.key.expected),
            **{v.name: self._score(criterion, self._expected_for(v.name)) for v in variants},
        }

    def mistakes(self, criterion: Criterion) -> tuple[Mistake, ...]:
        """Return the known mistakes that explain the answers, closest first."""
        return MistakeMatcher(
            rubric=self.rubric,
            key=self.key,
            observed=self._observed_values(criterion.probes()),
            evaluate_check=lambda check: self._evaluate(check, self.key.expected),
        ).matches(criterion)

    def _observed_values(self, names: Sequence[str]) -> dict[str, Value]:
        observed = {name: self.observations.get(name, _MISSING) for name in names}
        return {name: value for name, value in observed.items() if not isinstance(value, Failure)}

    def _score(self, criterion: Criterion, expected: Mapping[str, Expected]) -> CriterionScore:
        results: list[CheckResult] = []
        blocked = False
        for check in criterion.checks:
            result = self._evaluate(check, expected)
            blocked = blocked or result is None
            results.append(
                result
                or CheckResult(passed=False, message="There is no reference value to compare with.")
            )
        total = sum(check.weight for check in criterion.checks)
        earned = sum(c.weight for c, f in zip(criterion.checks, results, strict=True) if f.passed)
        complete = all(f.passed for f in results)
        share = 1.0 if complete else 0.0 if criterion.all_or_nothing else earned / total
        return CriterionScore(results=tuple(results), blocked=blocked, share=share)

    def _evaluate(self, check: BaseCheck, expected: Mapping[str, Expected]) -> CheckResult | None:
        """Evaluate a check; None if a reference value is missing."""
        observed = self._observed_values(check.probes())
        for name in check.probes():
            if name not in observed:
                failure = self.observations.get(name, _MISSING)
                function = self.rubric.probes[name].function
                if isinstance(failure, Failure):
                    text = describe_failure(
                        failure, function, self.defined_names, self.rubric.limits
                    )
                    return CheckResult(passed=False, message=text)
        if any(name not in expected for name in check.references()):
            return None
        result = check.judge(
            CheckInputs(observed=observed, expected=expected, tolerances=self.rubric.all_tolerances)
        )
        hidden = any(self.rubric.probes[name].hidden for name in check.probes())
        if hidden and not result.passed:
            return replace(result, message=HIDDEN_MODEL_FEEDBACK)
        return result

    def _follows_through(self, criterion: Criterion, earlier: Mapping[str, Verdict]) -> bool:
        """Return whether the answer is consistent with the student's earlier wrong answers."""
        plan = criterion.follow_through
        if plan is None or not any(_lost_points(earlier.get(name)) for name in plan.requires):
            return False
        results = [self._evaluate(check, self.key.expected) for check in plan.checks]
        return all(result is not None and result.passed for result in results)

    def _match_variant(self, criterion: Criterion) -> tuple[Variant | None, CriterionScore]:
        """Return the accepted variant that the answer identifies, if any, and the best score."""
        scores = self.scores_by_variant(criterion)
        reference_score = scores[None]
        distinct = [
            v for v in self.rubric.variants if v.function == criterion.function and not v.equivalent
        ]
        passing = [v for v in distinct if scores[None if v.is_reference else v.name].share >= 1]
        if reference_score.share < 1 and passing:
            return passing[0], scores[passing[0].name]
        reference = [v for v in passing if v.is_reference]
        is_distinctive = reference_score.share >= 1 and len(passing) < len(distinct)
        return (reference[0] if is_distinctive and reference else None), reference_score

    def _expected_for(self, variant: str) -> dict[str, Expected]:
        return self.key.with_probe_answers(self.key.variants.get(variant, {}))

    def _outcome(self, criterion: Criterion, score: CriterionScore, share: float) -> Outcome:
        if share >= 1:
            return "passed"
        if share > 0:
            return "partial"
        observed = [self.observations.get(name, _MISSING) for name in criterion.probes()]
        failures = [o for o in observed if isinstance(o, Failure)]
        kinds = {failure.kind for failure in failures}
        if kinds & {"missing", "not_attempted"} and not kinds & _CRASHED:
            # A function that is written but whose cell failed before it is an error, not a blank.
            written = "missing" in kinds and self._is_defined(criterion)
            return "errored" if written else "not_attempted"
        if any(was_skipped(failure) for failure in failures):
            return "blocked"
        if kinds & _CRASHED:
            return "errored"
        return "blocked" if score.blocked else "failed"

    def _is_defined(self, criterion: Criterion) -> bool:
        """Return whether the notebook defines a function that the criterion's probes call.

        Variables do not count: one may be missing because its cell waits for a stub.
        """
        probes = (self.rubric.probes[name] for name in criterion.probes())
        called = [p.function for p in probes if f"{p.function}(" in (p.expression or "")]
        return any(function in self.defined_names for function in called)

    def _explanation(self, criterion: Criterion) -> str:
        return " ".join(self.rubric.explanations.get(criterion.function or "", "").split())


def carried_forward_notes(rubric: Rubric, verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """Return notes on criteria that were not charged again for a mistake penalised elsewhere."""
    penalised = {v.function for v in verdicts if _lost_points(v) or v.outcome == "errored"}
    notes = [
        f"{plan.function} lost points; functions that call it were judged with a correct one."
        for plan in rubric.recordings.values()
        if plan.function in penalised
    ]
    followed = ", ".join(verdict.title for verdict in verdicts if verdict.followed)
    if followed:
        notes.append(f"Counted, because it is consistent with your earlier answers: {followed}.")
    return tuple(dict.fromkeys(notes))


def _feedback(score: CriterionScore, variant: Variant | None, mistakes: Sequence[Mistake]) -> str:
    if score.share >= 1:
        return variant.note if variant else ""
    # Two mistakes with the same answer cannot be told apart, so both are named.
    explanation = " Or: ".join(dict.fromkeys(mistake.message for mistake in mistakes[:2]))
    messages = dict.fromkeys(f.message for f in score.results if not f.passed and f.message)
    return " ".join(([explanation] if explanation else []) + list(messages))


def _lost_points(verdict: Verdict | None) -> bool:
    """Return whether there were answers to judge and points were lost on them."""
    return verdict is not None and verdict.outcome in {"failed", "partial"}


def _points(share: float, criterion: Criterion) -> float:
    """Return the points earned, rounded to four decimals; a full share earns all points exactly."""
    rounded = round(share * criterion.points, 4)
    return criterion.points if share >= 1 else min(rounded, criterion.points)


def _redact(verdict: Verdict) -> Verdict:
    """Return a hidden criterion's verdict without anything that reveals what was tested."""
    reasons = {
        "passed": "",
        "not_attempted": "There is nothing to judge yet.",
        "blocked": "It could not be judged.",
    }
    reason = reasons.get(verdict.outcome, "It did not hold on a model or input you have not seen.")
    return replace(
        verdict, feedback=reason, hints=(), misconception=None, explanation="", variant=None
    )
