"""Grades single functions by running only the cells that they need."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.grading.pipeline import Graded, grade_submission
from grader.grading.report_builder import collect_observations
from grader.grading.session import GradingEvents, GradingSession
from grader.judging.failures import was_skipped
from grader.protocol.values import Failure, Observation
from grader.rubric.model import Rubric
from grader.submission.slices import NotebookAnalysis

_MISSING_STATE_ERRORS = frozenset({"NameError", "FileNotFoundError"})
"""Errors of code that misses something another cell defines or writes."""


def grade_slice(
    session: GradingSession, reading: NotebookAnalysis, names: Sequence[str], events: GradingEvents
) -> Graded | None:
    """Grade functions or criteria without the cells that they do not need.

    Args:
        names: Names of functions, or ids of criteria.

    Returns:
        A report on these alone; None if only a run of the whole notebook can tell.

    Raises:
        KernelError: No kernel could be started.
    """
    rubric = session.rubric_file.rubric
    slices = [reading.slice_for(rubric, name) for name in names]
    indices = frozenset[int]().union(*(part.cells for part in slices if part))
    if not slices or None in slices or len(indices) == len(reading.dependencies):
        return None
    cells = tuple(cell for cell in reading.submission.cells if cell.index in indices)
    sliced = replace(
        session,
        rubric_file=replace(session.rubric_file, rubric=select_several(rubric, names)),
        settings=replace(session.settings, only=None),
    )
    graded = grade_submission(sliced, replace(reading.submission, cells=cells), events)
    if not is_conclusive(graded, sliced.rubric_file.rubric):
        return None
    note = f"Only the cells needed were run: {len(cells)} of {len(reading.dependencies)}."
    report = graded.report
    verdicts = tuple(v for v in report.verdicts if {v.id, v.function} & {*names})
    total = sum(v.max_points for v in verdicts if not v.bonus)
    report = replace(report, verdicts=verdicts, total=total, notes=(*report.notes, note))
    return replace(graded, report=report)


def select_several(rubric: Rubric, names: Iterable[str]) -> Rubric:
    """Return the part of a rubric about several functions or criteria, with what they follow from.

    Args:
        names: Names of functions, or ids of criteria.
    """
    parts = [rubric.select(name) for name in names]
    criteria = {criterion.id for part in parts for criterion in part.criteria}
    probes = {name for part in parts for name in part.probes}
    return rubric.model_copy(
        update={
            "criteria": tuple(c for c in rubric.criteria if c.id in criteria),
            "probes": {name: probe for name, probe in rubric.probes.items() if name in probes},
        }
    )


def is_conclusive(graded: Graded, rubric: Rubric) -> bool:
    """Return False if a cell that was left out may have caused something that was observed."""
    execution = graded.result
    if not execution.complete or execution.limit_exceeded or execution.killed_externally:
        return False
    # A cell's own error does not depend on cells that were left out.
    outcomes = {(cell.status, cell.ename in _MISSING_STATE_ERRORS) for cell in execution.cells}
    if not outcomes <= {("ok", False), ("error", False)}:
        return False
    observations = collect_observations(rubric, graded.prepared, execution)
    names = {name for criterion in rubric.criteria for name in criterion.all_probes()}
    return all(_is_independent(observations[name]) for name in names if name in observations)


def _is_independent(observation: Observation) -> bool:
    if not isinstance(observation, Failure):
        return True
    is_missing = observation.kind == "missing" or observation.ename in _MISSING_STATE_ERRORS
    return not (is_missing or was_skipped(observation))
