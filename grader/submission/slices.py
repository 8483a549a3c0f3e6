"""The cells that a function, or whatever is asked of a notebook, needs; read, never run."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf

from grader.rubric.model import Probe, Rubric
from grader.submission.cell_dependencies import Footprint, footprints, names_in
from grader.submission.read import Submission


# MERGED: Which functions have changed between two readings of a notebook.
@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The cells that are needed, by index, and a digest of their code."""

    cells: frozenset[int]
    digest: str

    def of(self, submission: Submission) -> Submission:
        """The notebook without its other cells."""
        return replace(
            submission, cells=tuple(c for c in submission.cells if c.index in self.cells)
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """A notebook that has been read."""

    submission: Submission
    cells: tuple[Footprint, ...]

    @classmethod
    def of(cls, submission: Submission) -> "Reading":
        """Read a notebook; nothing of it is run."""
        return cls(submission, footprints(submission.cells))

    @property
    def digest(self) -> str:
        """Of all its code."""
        return _digest(self.cells)

    def defines(self, name: str) -> str | None:
        """A digest of the cells that define a function; None where none does."""
        cells = [cell for cell in self.cells if name in cell.functions]
        return _digest(cells) if cells else None

    def slice_for(self, rubric: Rubric, name: str) -> Slice | None:
        """The cells that one function's or criterion's probes need, each whole.

        Args:
            rubric: The whole rubric.
            name: A criterion's id or a function's name.

        Returns:
            None where what is asked may depend on every cell: it is a variable, figures, or a
            function with a memory.
        """
        probes = asked_of(rubric.only(name))
        if not probes or any(p.figures or p.expression is None for p in probes):
            return None
        given = frozenset.intersection(*(frozenset({*p.models, *p.tensors}) for p in probes))
        return needed(self.cells, frozenset().union(*map(_names, probes)), given)


def asked_of(rubric: Rubric) -> list[Probe]:
    """The probes whose answers its criteria look at or show."""
    looked = (name for c in rubric.criteria for name in (*c.all_probes(), *c.shown_probes()))
    found = [rubric.probes[name] for name in dict.fromkeys(looked) if name in rubric.probes]
    return [probe for probe in found if not probe.reference_only]


def needed(
    cells: tuple[Footprint, ...], names: frozenset[str], given: frozenset[str]
) -> Slice | None:
    """The cells that give names their meaning.

    Args:
        cells: All of a notebook's.
        names: What is wanted after the last of them.
        given: Names that whoever asks binds anew: only what else becomes of them matters.

    Returns:
        None where a function that is needed may depend on all that happened before.
    """
    stateful = _stateful(cells, given)
    wanted: dict[str, float] = dict.fromkeys(names, inf)
    kept: set[int] = set()
    always = {cell.index for cell in cells if cell.worldly or cell.calls & stateful}
    while found := [
        c
        for c in cells
        if c.index not in kept and (c.index in always or _matters(c, wanted, given))
    ]:
        for cell in found:
            kept.add(cell.index)
            wanted |= {name: max(wanted.get(name, -1), cell.index) for name in cell.now}
            wanted |= dict.fromkeys(cell.late, inf)
    if stateful & wanted.keys() or len(kept) == len(cells):
        return None
    return Slice(
        cells=frozenset(kept), digest=_digest(cell for cell in cells if cell.index in kept)
    )


def _digest(cells: Iterable[Footprint]) -> str:
    return hashlib.sha256("\n".join(cell.digest for cell in cells).encode()).hexdigest()


def _matters(cell: Footprint, wanted: Mapping[str, float], given: frozenset[str]) -> bool:
    """Whether a cell has a hand in what is wanted later than it."""
    touched = cell.binds | cell.changes | (cell.handles - given)
    return any(wanted.get(name, -1) > cell.index for name in touched)


def _stateful(cells: Iterable[Footprint], given: frozenset[str]) -> frozenset[str]:
    """The functions that change more than what they are given, by themselves or by others."""
    functions: dict[str, set[str]] = {}
    found: set[str] = set()
    for cell in cells:
        found |= {name for name, through in cell.stateful.items() if through - given}
        for name, read in cell.functions.items():
            functions.setdefault(name, set()).update(read)
    while more := {n for n, read in functions.items() if read & found} - found:
        found |= more
    return frozenset(found)


def _names(probe: Probe) -> frozenset[str]:
    """The notebook's names that a probe asks for."""
    asked = names_in(probe.expression) if probe.expression else frozenset()
    return (asked | {probe.function}) - {*probe.models, *probe.tensors}


def changed_functions(before: Reading, after: Reading, rubric: Rubric) -> tuple[str, ...]:
    """The lab's functions to look at first: those that were edited, else those that use an edit.

    Args:
        before: The notebook as it was graded last.
        after: The notebook now.
        rubric: The rubric.

    Returns:
        Functions that can be graded by some of the cells alone, in the rubric's order.
    """
    names = dict.fromkeys(c.function for c in rubric.criteria if c.function)
    quick = [n for n in names if after.defines(n) and after.slice_for(rubric, n) is not None]
    edited = tuple(n for n in quick if before.defines(n) != after.defines(n))
    return edited or tuple(n for n in quick if not same(before, after, rubric, n))


def same(before: Reading, after: Reading, rubric: Rubric, name: str) -> bool:
    """Whether all that a function or criterion depends on is as it was.

    Args:
        before: The notebook then.
        after: The notebook now.
        rubric: The rubric.
        name: A criterion's id or a function's name.
    """
    was, now = before.slice_for(rubric, name), after.slice_for(rubric, name)
    if was is None or now is None:
        return before.digest == after.digest
    return was.digest == now.digest
