"""Every gradebook, by the name that ``grade export --to`` takes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.integrations.gradebooks.blackboard import to_blackboard
from grader.integrations.gradebooks.brightspace import to_brightspace
from grader.integrations.gradebooks.canvas import to_canvas
from grader.integrations.gradebooks.csv_file import Sheet
from grader.integrations.gradebooks.generic_csv import to_plain
from grader.integrations.gradebooks.grades import Grade
from grader.integrations.gradebooks.matching import Exported, Wanted
from grader.integrations.gradebooks.moodle import to_moodle
from grader.integrations.gradebooks.nbgrader import to_nbgrader

OnRoster = Callable[[Sequence[Grade], Sheet, Wanted], Exported]
Alone = Callable[[Sequence[Grade], Sheet | None, Wanted], Exported]


@dataclass(frozen=True, slots=True, kw_only=True)
class Onto:
    """A gradebook that is written onto what the platform gives."""

    write: OnRoster
    roster: str
    """What that is, and where it is found."""
    named: bool = True
    """Whether it has columns of several assignments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Afresh:
    """A gradebook that needs no roster."""

    write: Alone
    named: bool = True


GRADEBOOKS: Mapping[str, Onto | Afresh] = {
    "blackboard": Onto(
        write=to_blackboard, roster="the file of Grade Center, Work Offline, Download"
    ),
    "brightspace": Onto(
        write=to_brightspace,
        roster="the file of Grades, Enter Grades, Export, with both key fields",
    ),
    "canvas": Onto(write=to_canvas, roster="the file of Grades, Export Entire Gradebook"),
    "csv": Afresh(write=to_plain, named=False),
    "moodle": Onto(
        write=to_moodle,
        roster="the file of the assignment's Download grading worksheet",
        named=False,
    ),
    "nbgrader": Afresh(write=to_nbgrader),
}
