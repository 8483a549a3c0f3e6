"""From observations and an answer key to verdicts. Pure: no file, no kernel, no clock.

A point is earned only by a check that saw a value and passed; everything else is zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from grader.answer_key.model import AnswerKey
from grader.checks import Evidence, Finding
from grader.checks.base import BaseCheck
from grader.judging.failures import describe_failure, not_run
from grader.judging.known_mistakes import Recognition
from grader.protocol.values import Expected, Failure, Observation, Value
from grader.report.model import Outcome, Verdict
from grader.rubric.model import Criterion, Mistake, Rubric, Variant

FOLLOWED = "It follows from your own earlier answers, which lost their points there."
UNSEEN = "It does not hold on a model you have not seen."
_BROKE = frozenset({"raised", "kernel_died", "timed_out"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A criterion's checks under one set of expected values."""

    findings: tuple[Finding, ...]
    blocked: bool
    """Whether a check lacked a reference value."""
    share: float
    """Share of the points earned."""

    @property
    def margin(self) -> float:
        """Largest error as a multiple of its tolerance; infinite where an error has no size."""
        margins = (
            f.margin if f.margin is not None else 0.0 if f.passed else float("inf")
            for f in self.findings
        )
        return max(margins, default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Judges criteria of one submission."""

    rubric: Rubric
    key: AnswerKey
    observations: Mapping[str, Observation]
    seconds: Mapping[str, float]
    names: frozenset[str]
    """Names the notebook defines, to tell a renamed function from an absent one."""

    def verdicts(self) -> tuple[Verdict, ...]:
        """Every criterion's verdict, in the rubric's order."""
        found: dict[str, Verdict] = {}
        for criterion in self.rubric.criteria:
            found[criterion.id] = self.verdict(criterion, found)
        return tuple(found.values())

    def verdict(
        self, criterion: Criterion, earlier: Mapping[str, Verdict] = MappingProxyType({})
    ) -> Verdict:
        """Judge one criterion: by the reference, by each accepted variant, by known mistakes.

        Args:
            criterion: The criterion.
            earlier: Verdicts it may follow from, by id.
        """
        variant, judged = self._as_variant(criterion)
        mistakes = self.mistakes(criterion) if judged.share < 1 else ()
        share = max([judged.share, *(mistake.credit for mistake in mistakes[:1])])
        followed = share < 1 and self._follows(criterion, earlier)
        if followed and criterion.follow_through:
            share = max(share, criterion.follow_through.credit)
        hints = mistakes[0].hints if mistakes else (criterion.hint,) if criterion.hint else ()
        verdict = Verdict(
            id=criterion.id,
            function=criterion.function,
            title=criterion.title,
            outcome=self._outcome(criterion, judged, share),
            points=_points(share, criterion),
            max_points=criterion.points,
            bonus=criterion.bonus,
            feedback=FOLLOWED if followed else self._feedback(judged, variant, mistakes),
            hints=() if share >= 1 else hints,
            misconception=mistakes[0].name if mistakes and not followed else None,
            explanation=self._explanation(criterion) if share < 1 and not followed else "",
            variant=variant.name if variant else None,
            followed=followed,
            visibility=criterion.visibility,
            seconds=sum(self.seconds.get(name, 0.0) for name in criterion.probes()),
        )
        return verdict if criterion.visibility == "visible" else _discreet(verdict)

    def accepted(self, criterion: Criterion) -> dict[str | None, Judged]:
        """How the answers compare with each accepted one: the reference's (None), the variants'."""
        others = [
            v for v in self.rubric.variants if v.function == criterion.function and v.is_apart
        ]
        return {
            None: self._judged(criterion, self.key.expected),
            **{v.name: self._judged(criterion, self._under(v.name)) for v in others},
        }

    def mistakes(self, criterion: Criterion) -> tuple[Mistake, ...]:
        """The known mistakes that explain the answers, closest first."""
        return Recognition(
            rubric=self.rubric,
            key=self.key,
            observed=self._values(criterion.probes()),
            holds=lambda check: self._finding(check, self.key.expected),
        ).mistakes(criterion)

    def _values(self, names: Sequence[str]) -> dict[str, Value]:
        found = {name: self.observations.get(name, Failure(kind="missing")) for name in names}
        return {name: value for name, value in found.items() if not isinstance(value, Failure)}

    def _judged(self, criterion: Criterion, expected: Mapping[str, Expected]) -> Judged:
        findings: list[Finding] = []
        blocked = False
        for check in criterion.checks:
            finding = self._finding(check, expected)
            blocked = blocked or finding is None
            findings.append(
                finding
                or Finding(passed=False, message="There is no reference value to compare with.")
            )
        total = sum(check.weight for check in criterion.checks)
        earned = sum(c.weight for c, f in zip(criterion.checks, findings, strict=True) if f.passed)
        complete = all(f.passed for f in findings)
        share = 1.0 if complete else 0.0 if criterion.together else earned / total
        return Judged(findings=tuple(findings), blocked=blocked, share=share)

    def _finding(self, check: BaseCheck, expected: Mapping[str, Expected]) -> Finding | None:
        observed = self._values(check.probes())
        for name in check.probes():
            if name not in observed:
                failure = self.observations.get(name, Failure(kind="missing"))
                function = self.rubric.probes[name].function
                if isinstance(failure, Failure):
                    text = describe_failure(failure, function, self.names, self.rubric.limits)
                    return Finding(passed=False, message=text)
        if any(name not in expected for name in check.references()):
            return None
        finding = check.judge(
            Evidence(observed=observed, expected=expected, tolerances=self.rubric.all_tolerances)
        )
        hidden = any(self.rubric.probes[name].hidden for name in check.probes())
        return replace(finding, message=UNSEEN) if hidden and not finding.passed else finding

    def _follows(self, criterion: Criterion, earlier: Mapping[str, Verdict]) -> bool:
        """Whether the answer follows from the student's own earlier ones, which lost points."""
        plan = criterion.follow_through
        if plan is None or not any(_lost(earlier.get(name)) for name in plan.requires):
            return False
        findings = [self._finding(check, self.key.expected) for check in plan.checks]
        return all(finding is not None and finding.passed for finding in findings)

    def _as_variant(self, criterion: Criterion) -> tuple[Variant | None, Judged]:
        """The accepted variant this answer is, named when it tells it from the others."""
        results = self.accepted(criterion)
        judged = results[None]
        named = [
            v for v in self.rubric.variants if v.function == criterion.function and not v.alike
        ]
        passing = [v for v in named if results[None if v.is_own else v.name].share >= 1]
        if judged.share < 1 and passing:
            return passing[0], results[passing[0].name]
        own = [v for v in passing if v.is_own]
        recognised = judged.share >= 1 and len(passing) < len(named)
        return (own[0] if recognised and own else None), judged

    def _under(self, variant: str) -> dict[str, Expected]:
        return self.key.answered_by(self.key.variants.get(variant, {}))

    def _function(self, probe: str) -> str:
        return self.rubric.probes[probe].function

    def _outcome(self, criterion: Criterion, judged: Judged, share: float) -> Outcome:
        if share >= 1:
            return "passed"
        if share > 0:
            return "partial"
        observed = [
            self.observations.get(name, Failure(kind="missing")) for name in criterion.probes()
        ]
        failures = [o for o in observed if isinstance(o, Failure)]
        kinds = {failure.kind for failure in failures}
        if kinds & {"missing", "not_attempted"} and not kinds & _BROKE:
            # Written, but its cell broke before it: that is an error, not a blank.
            written = "missing" in kinds and self._wrote(criterion)
            return "errored" if written else "not_attempted"
        if any(not_run(failure) for failure in failures):
            return "blocked"
        if kinds & _BROKE:
            return "errored"
        return "blocked" if judged.blocked else "failed"

    def _wrote(self, criterion: Criterion) -> bool:
        """Whether a function it asks for is in the notebook; a variable may wait for a stub."""
        probes = self.rubric.probes
        called = [
            self._function(name)
            for name in criterion.probes()
            if f"{self._function(name)}(" in (probes[name].expression or "")
        ]
        return any(function in self.names for function in called)

    def _explanation(self, criterion: Criterion) -> str:
        return " ".join(self.rubric.explanations.get(criterion.function or "", "").split())

    def _feedback(
        self, judged: Judged, variant: Variant | None, mistakes: Sequence[Mistake]
    ) -> str:
        if judged.share >= 1:
            return variant.note if variant else ""
        # Mistakes that give the same answer cannot be told apart: both are said.
        said = " Or: ".join(dict.fromkeys(mistake.says for mistake in mistakes[:2]))
        messages = dict.fromkeys(f.message for f in judged.findings if not f.passed and f.message)
        return " ".join(([said] if said else []) + list(messages))


def own_merits(rubric: Rubric, verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """What else would have suffered from a mistake that was charged once, in words."""
    lost = {v.function for v in verdicts if _lost(v) or v.outcome == "errored"}
    notes = [
        f"{plan.replaces} lost points; what calls it was judged with a right one in its place."
        for plan in rubric.recordings.values()
        if plan.replaces in lost
    ]
    followed = ", ".join(verdict.title for verdict in verdicts if verdict.followed)
    if followed:
        notes.append(f"Counted, because it follows from earlier answers of yours: {followed}.")
    return tuple(dict.fromkeys(notes))


def _lost(verdict: Verdict | None) -> bool:
    """Whether there were answers to judge, and points lost on them."""
    return verdict is not None and verdict.outcome in {"failed", "partial"}


def _points(share: float, criterion: Criterion) -> float:
    """To four decimals, except that all of them are all of them: a third stays a third."""
    rounded = round(share * criterion.points, 4)
    return criterion.points if share >= 1 else min(rounded, criterion.points)


def _discreet(verdict: Verdict) -> Verdict:
    """A hidden criterion's verdict: its outcome, and nothing that shows what was asked."""
    reasons = {
        "passed": "",
        "not_attempted": "There is nothing to judge yet.",
        "blocked": "It could not be judged.",
    }
    reason = reasons.get(verdict.outcome, "It did not hold on a model or input you have not seen.")
    return replace(
        verdict, feedback=reason, hints=(), misconception=None, explanation="", variant=None
    )
