"""What a rubric asks that a run was not asked, and which criteria look at it. Pure."""

from collections.abc import Collection

from grader.batch.asked import Asked
from grader.batch.stored import Stored
from grader.gathering import Execution
from grader.rubric import Criterion, Rubric
from grader.values import Failure, Observation

_RAN = frozenset({"ok", "error"})
_LOST = frozenset({"timed_out", "kernel_died"})


def unseen(stored: Stored, rubric: Rubric, asked: Asked) -> tuple[str, ...]:
    """The probes that only another run has an answer to, in the rubric's order.

    Args:
        stored: What is kept of the run.
        rubric: What is asked for now.
        asked: The same as digests, for every function.
    """
    then = stored.asked
    wanted = [
        name
        for name, probe in rubric.probes.items()
        if not (probe.reference_only or probe.function in stored.not_attempted)
    ]
    other_limits = then.limits != asked.limits
    if then.world != asked.world or (other_limits and _cut_short(stored.execution)):
        return tuple(wanted)
    computed = [name for name in wanted if not rubric.probes[name].figures]
    otherwise = {n for n in computed if then.probes.get(n) != asked.probes[n]}
    if other_limits or not then.probes.items() <= asked.probes.items():
        # What was lost might not have been, with more time or fewer questions before it.
        otherwise |= {n for n in computed if _lost(stored.execution.observations.get(n))}
    return tuple(name for name in wanted if name in otherwise)


def criteria_on(probes: Collection[str], rubric: Rubric) -> tuple[str, ...]:
    """The criteria whose verdicts rest on these probes, or on the verdict of such a criterion."""
    found: list[str] = []
    for criterion in rubric.criteria:
        plan = criterion.follow_through
        earlier = plan.requires if plan else ()
        if not _read(criterion, rubric).isdisjoint(probes) or set(earlier) & set(found):
            found.append(criterion.id)
    return tuple(found)


def _read(criterion: Criterion, rubric: Rubric) -> set[str]:
    """The probes that decide a criterion's verdict, the marks of known mistakes among them."""
    marks = (
        check
        for mistake in rubric.mistakes
        if criterion.id in (*mistake.loses, *mistake.may_lose)
        for check in mistake.when
    )
    return {*criterion.all_probes(), *(name for check in marks for name in check.probes())}


def _cut_short(execution: Execution) -> bool:
    """Whether a limit or a lost kernel kept some cell from running as it would have."""
    lost = any(cell.status not in _RAN for cell in execution.cells)
    return lost or not execution.complete or bool(execution.overrun)


def _lost(observation: Observation | None) -> bool:
    """Whether there is no answer for want of time or of a kernel."""
    return observation is None or (isinstance(observation, Failure) and observation.kind in _LOST)
