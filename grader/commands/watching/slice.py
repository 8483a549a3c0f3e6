"""Grading functions by the cells they need, where that says what the whole notebook would say."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.failures import not_run
from grader.pipeline import Graded, grade_in, observed
from grader.rubric import Rubric
from grader.sitting import Listener, Sitting
from grader.slicing.slices import Reading
from grader.values import Failure, Observation

_LEFT_OUT = frozenset({"NameError", "FileNotFoundError"})
"""What code raises that misses something another cell has made."""


def grade_slice(
    sitting: Sitting, reading: Reading, names: Sequence[str], listener: Listener
) -> Graded | None:
    """Grade functions or criteria without the cells that they do not need.

    Args:
        sitting: What the notebook is graded by.
        reading: The notebook.
        names: Functions, or ids of criteria.
        listener: Told of every step.

    Returns:
        A report on these alone; None where only the whole notebook can tell.

    Raises:
        KernelError: No kernel could be started.
    """
    whole = sitting.file.rubric
    slices = [reading.slice_for(whole, name) for name in names]
    cells = frozenset[int]().union(*(part.cells for part in slices if part))
    if not slices or None in slices or len(cells) == len(reading.cells):
        return None
    kept = tuple(cell for cell in reading.submission.cells if cell.index in cells)
    few = replace(
        sitting,
        file=replace(sitting.file, rubric=selected(whole, names)),
        settings=replace(sitting.settings, only=None),
    )
    graded = grade_in(few, replace(reading.submission, cells=kept), listener)
    if not from_values(graded, few.file.rubric):
        return None
    said = f"Only the cells needed were run: {len(kept)} of {len(reading.cells)}."
    report = graded.report
    verdicts = tuple(v for v in report.verdicts if {v.id, v.function} & {*names})
    total = sum(v.max_points for v in verdicts if not v.bonus)
    report = replace(report, verdicts=verdicts, total=total, notes=(*report.notes, said))
    return replace(graded, report=report)


def selected(rubric: Rubric, names: Iterable[str]) -> Rubric:
    """The rubric about several functions or criteria, and what those follow from.

    Args:
        rubric: The whole one.
        names: Functions, or ids of criteria.
    """
    parts = [rubric.only(name) for name in names]
    kept = {criterion.id for part in parts for criterion in part.criteria}
    probes = {name for part in parts for name in part.probes}
    return rubric.model_copy(
        update={
            "criteria": tuple(c for c in rubric.criteria if c.id in kept),
            "probes": {name: probe for name, probe in rubric.probes.items() if name in probes},
        }
    )


def from_values(graded: Graded, rubric: Rubric) -> bool:
    """Whether nothing was seen that a cell left out could be the reason of.

    Args:
        graded: What ran.
        rubric: What was asked.
    """
    execution = graded.execution
    if not execution.complete or execution.overrun or execution.lost:
        return False
    # A cell's own error is no reason to doubt it.
    ran = {(cell.status, cell.ename in _LEFT_OUT) for cell in execution.cells}
    if not ran <= {("ok", False), ("error", False)}:
        return False
    seen = observed(rubric, graded.prepared, execution)
    asked = {name for criterion in rubric.criteria for name in criterion.all_probes()}
    return all(_tells(seen[name]) for name in asked if name in seen)


def _tells(seen: Observation) -> bool:
    if not isinstance(seen, Failure):
        return True
    return not (seen.kind == "missing" or not_run(seen) or seen.ename in _LEFT_OUT)
