"""All gradebooks, by the name that ``grade export --to`` takes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.integrations.gradebooks.blackboard import to_blackboard
from grader.integrations.gradebooks.brightspace import to_brightspace
from grader.integrations.gradebooks.canvas import to_canvas
from grader.integrations.gradebooks.csv_file import CsvFile
from grader.integrations.gradebooks.generic_csv import to_generic_csv
from grader.integrations.gradebooks.grades import Grade
from grader.integrations.gradebooks.matching import ExportOptions, ExportResult
from grader.integrations.gradebooks.moodle import to_moodle
from grader.integrations.gradebooks.nbgrader import to_nbgrader

RosterWriter = Callable[[Sequence[Grade], CsvFile, ExportOptions], ExportResult]
StandaloneWriter = Callable[[Sequence[Grade], CsvFile | None, ExportOptions], ExportResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterGradebook:
    """A gradebook whose import file is the platform's own export with scores filled in."""

    write: RosterWriter
    roster_source: str
    """Description of the platform's export, and where to find it."""
    takes_assignment: bool = True
    """True if the file has columns of several assignments, so that one can be named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandaloneGradebook:
    """A gradebook whose import file can be written without a roster."""

    write: StandaloneWriter
    takes_assignment: bool = True
    """True if the file names the assignment."""


GRADEBOOKS: Mapping[str, RosterGradebook | StandaloneGradebook] = {
    "blackboard": RosterGradebook(
        write=to_blackboard, roster_source="the file from Grade Center, Work Offline, Download"
    ),
    "brightspace": RosterGradebook(
        write=to_brightspace,
        roster_source="the file from Grades, Enter Grades, Export, with both key fields",
    ),
    "canvas": RosterGradebook(
        write=to_canvas, roster_source="the file from Grades, Export Entire Gradebook"
    ),
    "csv": StandaloneGradebook(write=to_generic_csv, takes_assignment=False),
    "moodle": RosterGradebook(
        write=to_moodle,
        roster_source="the file from the assignment's Download grading worksheet",
        takes_assignment=False,
    ),
    "nbgrader": StandaloneGradebook(write=to_nbgrader),
}
