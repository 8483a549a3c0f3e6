"""Scoring what is stored by another rubric: nothing runs, and nothing unseen is scored."""

from dataclasses import dataclass, replace

from grader.answers import AnswerKey
from grader.batch.asked import Asked, asked
from grader.batch.stored import Stored
from grader.batch.unseen import criteria_on, unseen
from grader.errors import AnswerKeyError
from grader.pictures import Picture
from grader.pipeline import judge, of_run, pictures_in
from grader.probing import Instrumented, Job, ask
from grader.report import Report
from grader.rubric import Rubric
from grader.rubric_file import RubricFile


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
