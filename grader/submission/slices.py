"""Finds the cells that one function or criterion needs, so that it can be graded quickly.

Two analyses of a notebook that is being edited also tell which functions have changed.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf

from grader.rubric.model import Rubric
from grader.rubric.sections import Probe
from grader.submission.cell_dependencies import CellDependencies, analyse_cells, free_names
from grader.submission.read import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The indices of the needed cells, and a digest of their code."""

    cells: frozenset[int]
    digest: str

    def apply_to(self, submission: Submission) -> Submission:
        """Return the notebook with only the cells of this slice."""
        return replace(
            submission, cells=tuple(c for c in submission.cells if c.index in self.cells)
        )


@dataclass(frozen=True, slots=True)
class NotebookAnalysis:
    """A notebook with the dependencies of each of its cells."""

    submission: Submission
    dependencies: tuple[CellDependencies, ...]

    @classmethod
    def from_submission(cls, submission: Submission) -> "NotebookAnalysis":
        """Analyse a notebook without running it."""
        return cls(submission, analyse_cells(submission.cells))

    @property
    def digest(self) -> str:
        """Digest of all code cells."""
        return _digest(self.dependencies)

    def definition_digest(self, name: str) -> str | None:
        """Return a digest of the cells that define a function, or None if none does."""
        cells = [cell for cell in self.dependencies if name in cell.functions]
        return _digest(cells) if cells else None

    def slice_for(self, rubric: Rubric, name: str) -> Slice | None:
        """Return the cells that the probes of one function or criterion need.

        Args:
            rubric: The whole rubric.
            name: A criterion's id or a function's name.

        Returns:
            None if the result may depend on every cell: the target is a variable, a figure or a
            stateful function.
        """
        probes = _probes_of(rubric.select(name))
        if not probes or any(p.figures or p.expression is None for p in probes):
            return None
        provided = frozenset.intersection(*(frozenset({*p.models, *p.tensors}) for p in probes))
        names = frozenset().union(*map(_notebook_names, probes))
        return _find_slice(self.dependencies, names, provided)


def changed_functions(
    before: NotebookAnalysis, after: NotebookAnalysis, rubric: Rubric
) -> tuple[str, ...]:
    """Return the functions to grade first: those that were edited, else those that use an edit.

    Args:
        before: The notebook as it was last graded.
        after: The notebook now.
        rubric: The rubric.

    Returns:
        Functions that can be graded from a slice of the cells, in the rubric's order.
    """
    names = dict.fromkeys(c.function for c in rubric.criteria if c.function)
    sliceable = [
        n for n in names if after.definition_digest(n) and after.slice_for(rubric, n) is not None
    ]
    edited = tuple(
        n for n in sliceable if before.definition_digest(n) != after.definition_digest(n)
    )
    return edited or tuple(n for n in sliceable if not is_unchanged(before, after, rubric, n))


def is_unchanged(
    before: NotebookAnalysis, after: NotebookAnalysis, rubric: Rubric, name: str
) -> bool:
    """Return whether everything that a function or criterion depends on is unchanged.

    Args:
        before: The notebook as it was last graded.
        after: The notebook now.
        rubric: The rubric.
        name: A criterion's id or a function's name.
    """
    old, new = before.slice_for(rubric, name), after.slice_for(rubric, name)
    if old is None or new is None:
        return before.digest == after.digest
    return old.digest == new.digest


def _probes_of(rubric: Rubric) -> list[Probe]:
    """Return the probes that a rubric's criteria check or display."""
    used = (name for c in rubric.criteria for name in (*c.all_probes(), *c.shown_probes()))
    probes = [rubric.probes[name] for name in dict.fromkeys(used) if name in rubric.probes]
    return [probe for probe in probes if not probe.reference_only]


def _find_slice(
    cells: tuple[CellDependencies, ...], names: frozenset[str], provided: frozenset[str]
) -> Slice | None:
    """Return the cells that determine the values of names.

    Args:
        cells: All cells of the notebook.
        names: The names needed after the last cell.
        provided: Names that the probe rebinds: only their other uses matter.

    Returns:
        None if a needed function may depend on everything that ran before it.
    """
    stateful = _stateful_functions(cells, provided)
    # Each needed name, with the index of the last cell that needs it.
    needed_by: dict[str, float] = dict.fromkeys(names, inf)
    selected: set[int] = set()
    always = {cell.index for cell in cells if cell.has_global_effects or cell.reads & stateful}
    while added := [
        c
        for c in cells
        if c.index not in selected and (c.index in always or _is_needed(c, needed_by, provided))
    ]:
        for cell in added:
            selected.add(cell.index)
            needed_by |= {n: max(needed_by.get(n, -1), cell.index) for n in cell.reads_now}
            needed_by |= dict.fromkeys(cell.reads_later, inf)
    if stateful & needed_by.keys() or len(selected) == len(cells):
        return None
    return Slice(
        cells=frozenset(selected),
        digest=_digest(cell for cell in cells if cell.index in selected),
    )


def _digest(cells: Iterable[CellDependencies]) -> str:
    return hashlib.sha256("\n".join(cell.digest for cell in cells).encode()).hexdigest()


def _is_needed(
    cell: CellDependencies, needed_by: Mapping[str, float], provided: frozenset[str]
) -> bool:
    """Return whether a later needed name depends on this cell."""
    affected = cell.defines | cell.mutates | (cell.may_mutate - provided)
    return any(needed_by.get(name, -1) > cell.index for name in affected)


def _stateful_functions(
    cells: Iterable[CellDependencies], provided: frozenset[str]
) -> frozenset[str]:
    """Return the functions with side effects beyond their arguments, direct or through calls."""
    reads: dict[str, set[str]] = {}
    stateful: set[str] = set()
    for cell in cells:
        stateful |= {name for name, through in cell.stateful.items() if through - provided}
        for name, read in cell.functions.items():
            reads.setdefault(name, set()).update(read)
    while added := {name for name, read in reads.items() if read & stateful} - stateful:
        stateful |= added
    return frozenset(stateful)


def _notebook_names(probe: Probe) -> frozenset[str]:
    """Return the notebook's names that a probe reads."""
    names = free_names(probe.expression) if probe.expression else frozenset()
    return (names | {probe.function}) - {*probe.models, *probe.tensors}
