"""From observations and an answer key to verdicts. Pure: no file, no kernel, no clock.

A point is earned only by a check that saw a value and passed; everything else is zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.answers import AnswerKey
from grader.checks import DEFAULT_TOLERANCES, Evidence, Finding
from grader.checks.base import BaseCheck
from grader.checks.close import Close
from grader.failures import describe_failure, not_run
from grader.report import Outcome, Verdict
from grader.rubric import Criterion, Mistake, Rubric, Variant
from grader.values import Expected, Failure, Observation, Value

_BROKE = frozenset({"raised", "kernel_died", "timed_out"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A criterion's checks under one set of expected values."""

    findings: tuple[Finding, ...]
    blocked: bool
    """Whether a check lacked a reference value."""
    share: float
    """Share of the points earned."""


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
        return tuple(self.verdict(criterion) for criterion in self.rubric.criteria)

    def verdict(self, criterion: Criterion) -> Verdict:
        """Judge one criterion: by the reference, by each accepted variant, by known mistakes."""
        judged = self._judged(criterion, self.key.expected)
        variant, judged = self._as_variant(criterion, judged)
        mistake = self._mistake(criterion) if judged.share < 1 else None
        share = max(judged.share, mistake.credit) if mistake else judged.share
        verdict = Verdict(
            id=criterion.id,
            function=criterion.function,
            title=criterion.title,
            outcome=self._outcome(criterion, judged, share),
            points=_points(share, criterion),
            max_points=criterion.points,
            bonus=criterion.bonus,
            feedback=self._feedback(judged, variant, mistake),
            hint="" if share >= 1 else (mistake.hint if mistake else criterion.hint),
            misconception=mistake.name if mistake else None,
            variant=variant.name if variant else None,
            visibility=criterion.visibility,
            seconds=sum(self.seconds.get(name, 0.0) for name in criterion.probes()),
        )
        return verdict if criterion.visibility == "visible" else _discreet(verdict)

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
        return check.judge(
            Evidence(observed=observed, expected=expected, tolerances=self.rubric.all_tolerances)
        )

    def _as_variant(self, criterion: Criterion, judged: Judged) -> tuple[Variant | None, Judged]:
        """The accepted variant this answer is, named when it tells it from the others."""
        candidates = [v for v in self.rubric.variants if v.function == criterion.function]
        results = {
            v.name: judged if v.source is None else self._judged(criterion, self._under(v.name))
            for v in candidates
        }
        passing = [v for v in candidates if results[v.name].share >= 1]
        if judged.share < 1 and passing:
            return passing[0], results[passing[0].name]
        named = judged.share >= 1 and 0 < len(passing) < len(candidates)
        own = [v for v in passing if v.source is None]
        return (own[0] if named and own else None), judged

    def _under(self, variant: str) -> dict[str, Expected]:
        return self.key.answered_by(self.key.variants.get(variant, {}))

    def _mistake(self, criterion: Criterion) -> Mistake | None:
        """The known mistake whose every answer this one is, where that answer is wrong at all."""
        observed = self._values(criterion.probes())
        for mistake in self.rubric.mistakes:
            if mistake.function != criterion.function:
                continue
            answers = self.key.mistakes.get(mistake.name, {})
            asked = [p for p in criterion.probes() if self._function(p) == mistake.function]
            if any(name not in answers for name in asked):
                continue
            theirs = {name: answers[name] for name in asked}
            telling = [
                name
                for name, value in theirs.items()
                if not self._equal(name, value, self.key.expected)
            ]
            same = all(
                name in observed
                and self._equal(name, observed[name], {name: Expected(value=value)})
                for name, value in theirs.items()
            )
            if telling and same:
                return mistake
        return None

    def _equal(self, name: str, value: Value, expected: Mapping[str, Expected]) -> bool:
        if name not in expected:
            return False
        close = Close(kind="close", probe=name)
        # The default class, whatever the rubric's: a generous rubric makes no mistake right.
        evidence = Evidence(
            observed={name: value}, expected=expected, tolerances=DEFAULT_TOLERANCES
        )
        return close.judge(evidence).passed

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
        called = [name for name in criterion.probes() if probes[name].expression is not None]
        return any(self._function(name) in self.names for name in called)

    def _feedback(self, judged: Judged, variant: Variant | None, mistake: Mistake | None) -> str:
        if judged.share >= 1:
            return variant.note if variant else ""
        messages = dict.fromkeys(f.message for f in judged.findings if not f.passed and f.message)
        return " ".join(([mistake.says] if mistake else []) + list(messages))


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
    return replace(verdict, feedback=reason, hint="", misconception=None, variant=None)
