"""All of a results folder scored again by another rubric, without running anything."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from grader.answer_key.find import models_sha256
from grader.answer_key.model import AnswerKey
from grader.batch.results.fingerprint import Asked, asked
from grader.batch.results.observations import Stored, StoredError
from grader.batch.results.record import Record
from grader.batch.results.store import RECORD, Results, pages_of
from grader.charts import Picture
from grader.charts.model import from_json, to_json
from grader.errors import AnswerKeyError
from grader.execution.job import Instrumented, Job, ask
from grader.execution.result import Execution
from grader.grading.pipeline import judge, of_run, pictures_in
from grader.grading.session import Sitting
from grader.protocol.values import Failure, Observation
from grader.report.diff import Change, changes
from grader.report.model import Report, past_report
from grader.rubric.load import RubricFile
from grader.rubric.model import Criterion, Rubric

# MERGED: What a rubric asks that a run was not asked, and which criteria look at it. Pure.
# MERGED: Scoring what is stored by another rubric: nothing runs, and nothing unseen is scored.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """What submissions are scored by; made once, as nothing of it is a submission's."""

    file: RubricFile
    key: AnswerKey
    job: Job
    asked: Asked
    """What a run by this rubric would be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsRun:
    """Why a submission cannot be scored from what is stored."""

    criteria: tuple[str, ...]
    """The criteria that look at something the run was not asked, in the rubric's order."""
    probes: tuple[str, ...]
    """What that is."""


def standard(file: RubricFile, key: AnswerKey, *, seed: int, full: bool, models: str) -> Standard:
    """Make what submissions are scored by.

    Args:
        file: The rubric, on the model that the submissions ran on.
        key: The key that fits it; with hidden probes, theirs joined to it.
        seed: Of the run.
        full: Whether it was asked the hidden probes.
        models: Digest of the code that makes models from their names.

    Raises:
        AnswerKeyError: The key answers the hidden probes of another seed, or none.
    """
    rubric = file.rubric if full else file.rubric.without_hidden()
    hidden = {name for name, probe in rubric.probes.items() if probe.hidden}
    if hidden and (key.about.seed != seed or not hidden & key.expected.keys()):
        raise AnswerKeyError(
            "The hidden key is of another seed than these submissions ran with: "
            "give the one they were graded with (--key)."
        )
    job = ask(rubric, key.recordings, device=key.about.device, seed=seed)
    return Standard(
        file=replace(file, rubric=rubric),
        key=key,
        job=job,
        asked=asked(job, seed=seed, full=full, models=models),
    )


def rescore(stored: Stored, by: Standard) -> Report | NeedsRun:
    """Score a submission again, from what it answered when it ran.

    Args:
        stored: What was kept of it.
        by: The rubric and key, for the run's seed.

    Returns:
        The report, the original one to the byte where nothing changed; or which criteria look at
        something that was never asked, or asked otherwise.
    """
    missing = unseen(stored, by.file.rubric, by.asked)
    if criteria := criteria_on(missing, by.file.rubric):
        return NeedsRun(criteria=criteria, probes=missing)
    file = replace(by.file, rubric=_seen(stored, by))
    report = judge(stored.submission, file, by.key, _prepared(stored, by), stored.execution)
    return of_run(report, full=by.asked.full, seed=by.asked.seed)


def pictures(stored: Stored, by: Standard, report: Report) -> tuple[Picture, ...]:
    """What there is to see of a submission that was scored again.

    Args:
        stored: What was kept of it.
        by: The rubric and key.
        report: Its report by these.
    """
    prepared = _prepared(stored, by)
    return pictures_in(_seen(stored, by), by.key, prepared, stored.execution, report.verdicts)


def _seen(stored: Stored, by: Standard) -> Rubric:
    """The rubric without probes that the run was not asked: nothing that scores looks at them."""
    rubric = by.file.rubric
    missing = unseen(stored, rubric, by.asked)
    if not missing:
        return rubric
    probes = {name: probe for name, probe in rubric.probes.items() if name not in missing}
    return rubric.model_copy(update={"probes": probes})


def _prepared(stored: Stored, by: Standard) -> Instrumented:
    return Instrumented(
        job=by.job, not_attempted=stored.not_attempted, names=stored.names, notes=stored.notes
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Regraded:
    """Reports by another rubric, none of them written yet."""

    reports: dict[str, Report]
    """By student: all that could be scored from what is kept."""
    pictures: dict[str, bytes]
    """By student: what their pages show, as it is kept."""
    changes: tuple[Change, ...]
    needs_run: dict[str, tuple[str, ...]]
    """By student: the criteria that only a run can judge."""
    damaged: tuple[str, ...]
    """A line each; these keep their reports."""


def standard_of(sitting: Sitting) -> Standard:
    """What a sitting scores by, without its sandbox."""
    full, models = sitting.settings.full, models_sha256()
    return standard(sitting.file, sitting.key, seed=sitting.seed, full=full, models=models)


def regrade(students: Iterable[str], results: Results, by: Standard, before: Rubric) -> Regraded:
    """Score everyone again.

    Args:
        students: Whom, by key.
        results: Where what is kept of them is.
        by: The new rubric and its key.
        before: A rubric with the titles of the old reports; they are shown.
    """
    reports: dict[str, Report] = {}
    shown: dict[str, bytes] = {}
    pairs: list[tuple[str, Report, Report]] = []
    needs: dict[str, tuple[str, ...]] = {}
    damaged: list[str] = []
    for student in students:
        try:
            found = results.stored(student)
        except StoredError as error:
            damaged.append(str(error))
            continue
        if found is None:
            continue  # nothing of it has run: another rubric changes nothing
        scored = rescore(found, by)
        if isinstance(scored, NeedsRun):
            needs[student] = scored.criteria
            continue
        reports[student] = scored
        shown[student] = to_json(pictures(found, by, scored))
        kept = results.report(student)
        old = past_report(kept, before) if kept else None
        pairs.append((student, old or scored, scored))
    return Regraded(
        reports=reports,
        pictures=shown,
        changes=changes(pairs),
        needs_run=needs,
        damaged=tuple(damaged),
    )


def write(regraded: Regraded, records: Iterable[Record], results: Results, graded_by: str) -> None:
    """Put the new reports in place of the old ones.

    Args:
        regraded: The reports.
        records: Of everyone; those that no run is needed for count as graded by the new rubric.
        results: Where to.
        graded_by: Digest of what they are graded by now.

    Raises:
        GraderError: One cannot be written; what was written before stays, and so does the rest.
    """
    for record in records:
        report = regraded.reports.get(record.student)
        if report is not None:
            seen = from_json(regraded.pictures.get(record.student, b""))
            for name, data in pages_of(report, seen).items():
                results.replace(record.student, name, data)
        elif record.state != "ungradable":
            continue
        renewed = record.model_copy(update={"graded_by": graded_by})
        results.replace(record.student, RECORD, renewed.to_json().encode())
