"""Scores a results folder by another rubric from its stored values; no notebook runs.

A criterion can be scored only if the run answered every probe it reads. `missing_probes` compares
the digests of what the run was asked with what the rubric asks now; a submission with a criterion
on a missing probe keeps its report and needs another run.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from grader.answer_key.find import models_sha256
from grader.answer_key.model import AnswerKey
from grader.batch.results.fingerprint import RequestFingerprint, fingerprint_job
from grader.batch.results.observations import StoredRun, StoredRunError
from grader.batch.results.record import SubmissionResult
from grader.batch.results.store import RESULT_FILE, ResultsStore, report_files
from grader.charts import Chart
from grader.charts.model import from_json, to_json
from grader.errors import AnswerKeyError
from grader.execution.job import Job, PreparedSubmission, build_job
from grader.execution.result import RunResult
from grader.grading.report_builder import build_report, charts_for, with_run_info
from grader.grading.session import GradingSession
from grader.protocol.values import Failure, Observation
from grader.report.diff import ReportDiff, diff_reports
from grader.report.model import Report
from grader.rubric.load import RubricFile
from grader.rubric.model import Rubric
from grader.rubric.sections import Criterion

_COMPLETE_CELL = frozenset({"ok", "error"})
"""Cell states in which no limit and no dead kernel cut the cell short."""
_LOST_KINDS = frozenset({"timed_out", "kernel_died"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RegradeContext:
    """Everything that submissions are scored by; it is the same for all of them."""

    file: RubricFile
    key: AnswerKey
    job: Job
    request: RequestFingerprint
    """Digests of what a run with this rubric would be asked."""

    @classmethod
    def build(
        cls, file: RubricFile, key: AnswerKey, *, seed: int, full: bool, models_sha256: str
    ) -> "RegradeContext":
        """Build the context of a rubric.

        Args:
            file: The rubric, with the grading model that the submissions ran on.
            key: Its answer key; for a full run merged with the hidden probes' key.
            seed: The run's seed.
            full: True if the run was asked the hidden probes.
            models_sha256: Digest of the code that builds models from their names.

        Raises:
            AnswerKeyError: The key has the hidden probes' answers for another seed, or none.
        """
        rubric = file.rubric.with_mistakes(key.known_mistakes)
        rubric = rubric if full else rubric.without_hidden()
        hidden = {name for name, probe in rubric.probes.items() if probe.hidden}
        if hidden and (key.provenance.seed != seed or not hidden & key.expected.keys()):
            raise AnswerKeyError(
                "The hidden key is of another seed than these submissions ran with: "
                "give the one they were graded with (--key)."
            )
        job = build_job(rubric, key.recordings, device=key.provenance.device, seed=seed)
        return cls(
            file=replace(file, rubric=rubric),
            key=key,
            job=job,
            request=fingerprint_job(job, seed=seed, full=full, models=models_sha256),
        )

    @classmethod
    def of(cls, session: GradingSession) -> "RegradeContext":
        """Build the context of a session; its sandbox is not used."""
        return cls.build(
            session.rubric_file,
            session.key,
            seed=session.seed,
            full=session.settings.full,
            models_sha256=models_sha256(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiresRerun:
    """The reason why a submission cannot be scored from its stored values."""

    criteria: tuple[str, ...]
    """Ids of the criteria that read a missing probe, in the rubric's order."""
    probes: tuple[str, ...]
    """Names of the missing probes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regraded:
    """Reports by another rubric, none of them written yet."""

    reports: dict[str, Report]
    """Reports by student, of all submissions that could be scored."""
    charts: dict[str, bytes]
    """Charts of these reports, by student, serialized."""
    changes: tuple[ReportDiff, ...]
    needs_run: dict[str, tuple[str, ...]]
    """Ids of the criteria that only another run can judge, by student."""
    damaged: tuple[str, ...]
    """One line per student whose stored values are damaged; they keep their reports."""


def regrade_students(
    students: Iterable[str], store: ResultsStore, context: RegradeContext, old_rubric: Rubric
) -> Regraded:
    """Score everyone again.

    Args:
        students: The students' keys.
        store: The results folder.
        context: The new rubric and its key.
        old_rubric: A rubric with the titles to show for the old reports.
    """
    reports: dict[str, Report] = {}
    charts: dict[str, bytes] = {}
    pairs: list[tuple[str, Report, Report]] = []
    needs_run: dict[str, tuple[str, ...]] = {}
    damaged: list[str] = []
    for student in students:
        try:
            stored = store.stored_run(student)
        except StoredRunError as error:
            damaged.append(str(error))
            continue
        if stored is None:
            continue  # it has not run, so another rubric changes nothing
        rescored = rescore(stored, context)
        if isinstance(rescored, RequiresRerun):
            needs_run[student] = rescored.criteria
            continue
        reports[student] = rescored
        charts[student] = to_json(charts_of(stored, context, rescored))
        old = store.report(student)
        old_report = Report.from_dict(old, old_rubric) if old else None
        pairs.append((student, old_report or rescored, rescored))
    return Regraded(
        reports=reports,
        charts=charts,
        changes=diff_reports(pairs),
        needs_run=needs_run,
        damaged=tuple(damaged),
    )


def save_regraded(
    regraded: Regraded, results: Iterable[SubmissionResult], store: ResultsStore, config_sha256: str
) -> None:
    """Replace the old reports by the new ones.

    Args:
        regraded: The new reports.
        results: Everyone's results; those that need no run become current under the new rubric.
        store: The results folder.
        config_sha256: Digest of everything that the new reports are graded by.

    Raises:
        GraderError: A file cannot be written; files that were written before it stay.
    """
    for result in results:
        report = regraded.reports.get(result.student)
        if report is not None:
            charts = from_json(regraded.charts.get(result.student, b""))
            for name, data in report_files(report, charts).items():
                store.rewrite_student_file(result.student, name, data)
        elif result.state != "ungradable":
            continue
        renewed = result.model_copy(update={"config_sha256": config_sha256})
        store.rewrite_student_file(result.student, RESULT_FILE, renewed.to_json().encode())


def rescore(stored: StoredRun, context: RegradeContext) -> Report | RequiresRerun:
    """Score a submission again from the values it gave when it ran.

    Returns:
        The report, byte for byte the original one if nothing changed; or the criteria that read
        a probe that was not asked, or was asked differently.
    """
    missing = missing_probes(stored, context.file.rubric, context.request)
    if criteria := criteria_on(missing, context.file.rubric):
        return RequiresRerun(criteria=criteria, probes=missing)
    file = replace(context.file, rubric=_rubric_without_missing(stored, context))
    prepared = _as_prepared(stored, context)
    report = build_report(stored.submission, file, context.key, prepared, stored.execution)
    return with_run_info(report, full=context.request.full, seed=context.request.seed)


def charts_of(stored: StoredRun, context: RegradeContext, report: Report) -> tuple[Chart, ...]:
    """Return the charts of a submission that was scored again."""
    rubric = _rubric_without_missing(stored, context)
    prepared = _as_prepared(stored, context)
    return charts_for(rubric, context.key, prepared, stored.execution, report.verdicts)


def missing_probes(
    stored: StoredRun, rubric: Rubric, request: RequestFingerprint
) -> tuple[str, ...]:
    """Return the probes that only another run can answer, in the rubric's order.

    Args:
        stored: The stored run.
        rubric: The new rubric.
        request: Digests of what the new rubric asks, whatever functions are attempted.
    """
    earlier = stored.fingerprint
    needed = [
        name
        for name, probe in rubric.probes.items()
        if not (probe.reference_only or probe.function in stored.not_attempted)
    ]
    limits_differ = earlier.limits != request.limits
    other_environment = earlier.environment_digest != request.environment_digest
    if other_environment or (limits_differ and _is_incomplete(stored.execution)):
        return tuple(needed)
    computed = [name for name in needed if not rubric.probes[name].figures]
    missing = {n for n in computed if earlier.probes.get(n) != request.probes[n]}
    if limits_differ or not earlier.probes.items() <= request.probes.items():
        # With more time, or fewer probes before it, a lost answer might have come.
        missing |= {n for n in computed if _is_lost(stored.execution.observations.get(n))}
    return tuple(name for name in needed if name in missing)


def criteria_on(probes: Collection[str], rubric: Rubric) -> tuple[str, ...]:
    """Return the criteria whose verdicts depend on these probes, also through follow-through."""
    dependent: list[str] = []
    for criterion in rubric.criteria:
        plan = criterion.follow_through
        earlier = plan.requires if plan else ()
        reads_one = not _deciding_probes(criterion, rubric).isdisjoint(probes)
        if reads_one or set(earlier) & set(dependent):
            dependent.append(criterion.id)
    return tuple(dependent)


def _deciding_probes(criterion: Criterion, rubric: Rubric) -> set[str]:
    """Return the probes that decide a verdict, those that recognise known mistakes included."""
    recognising_checks = (
        check
        for mistake in rubric.mistakes
        if criterion.id in (*mistake.fails, *mistake.may_fail)
        for check in mistake.when
    )
    recognising = {name for check in recognising_checks for name in check.probes()}
    return {*criterion.all_probes(), *recognising}


def _is_incomplete(execution: RunResult) -> bool:
    """Return True if a limit or a dead kernel cut a cell short."""
    cut_short = any(cell.status not in _COMPLETE_CELL for cell in execution.cells)
    return cut_short or not execution.complete or bool(execution.limit_exceeded)


def _is_lost(observation: Observation | None) -> bool:
    """Return True if there is no answer for lack of time or of a kernel."""
    return observation is None or (
        isinstance(observation, Failure) and observation.kind in _LOST_KINDS
    )


def _rubric_without_missing(stored: StoredRun, context: RegradeContext) -> Rubric:
    """Return the rubric without the missing probes, which no scored criterion reads."""
    rubric = context.file.rubric
    missing = missing_probes(stored, rubric, context.request)
    if not missing:
        return rubric
    probes = {name: probe for name, probe in rubric.probes.items() if name not in missing}
    return rubric.model_copy(update={"probes": probes})


def _as_prepared(stored: StoredRun, context: RegradeContext) -> PreparedSubmission:
    return PreparedSubmission(
        job=context.job,
        not_attempted=stored.not_attempted,
        defined_names=stored.names,
        notes=stored.notes,
    )
