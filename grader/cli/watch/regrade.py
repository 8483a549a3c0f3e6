"""What is shown while watching: each run under its time of day, everything else in a line."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from grader.cli.browser import open_page
from grader.cli.grade_notebook import Output, write_files
from grader.cli.progress import Display
from grader.errors import GraderError
from grader.grading.pipeline import Graded, grade_in, observed
from grader.grading.session import Listener, Sitting
from grader.judging.failures import not_run
from grader.protocol.frames import Frame
from grader.protocol.values import Failure, Observation
from grader.render.escape import line
from grader.render.terminal import render
from grader.report.model import Report
from grader.rubric.model import Rubric
from grader.submission.read import Submission
from grader.submission.slices import Reading, changed_functions, same


# MERGED: Grading functions by the cells they need, where that says what the whole notebook would say.
# MERGED: One round after the other: what a save makes it grade, and in which order.
class Screen:
    """Standard output, for a terminal or a pipe."""

    def __init__(self, hints: int, console: Console | None = None) -> None:
        """Take how many hints a mistake gets, and where to print."""
        self._hints = hints
        self._console = console or Console()

    def begin(self, what: str) -> None:
        """A new run, apart from the last one.

        Args:
            what: What is run.
        """
        now = datetime.now().astimezone().strftime("%H:%M:%S")
        self._console.print()
        self._console.print(Rule(Text(f"{now}  {line(what)}"), align="left", style="bright_black"))

    def say(self, text: str) -> None:
        """One line.

        Args:
            text: What it says.
        """
        self._console.print(Text(line(text), style="bright_black"), soft_wrap=True)

    def show(self, report: Report) -> None:
        """A report.

        Args:
            report: Of all that was asked, or of some functions.
        """
        self._console.print(render(report, self._hints))


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


Newer = Callable[[Reading], bool]
"""Whether there is a notebook with other code by now."""


class _SupersededError(Exception):
    """What runs is not the newest any more."""


class Rounds:
    """Grades what is saved."""

    def __init__(self, sitting: Sitting, output: Output, screen: Screen, newer: Newer) -> None:
        """Take what is graded by, where reports go, and who knows of newer saves."""
        self._sitting, self._output, self._screen, self._newer = sitting, output, screen, newer
        self._begun: Reading | None = None
        self._done: Reading | None = None
        self._opened = False
        self.code: int | None = None
        """The exit code that the last report, or the last failure to make one, stands for."""

    def take(self, submission: Submission) -> None:
        """Grade a notebook as far as it has changed.

        Args:
            submission: As it was saved.
        """
        reading, before = Reading.of(submission), self._begun
        self._screen.begin("saved" if before else submission.name)
        if self._done is not None and (why := self._spared(self._done, reading)):
            self._screen.say(why)
            return
        self._begun = reading
        try:
            self._grade(reading, before)
            self._done = reading
        except _SupersededError:
            self._screen.say("Saved again: this run was left for the newer one.")
        except GraderError as error:
            self.code = error.exit_code
            self._screen.say(f"grade: {error}")

    def _spared(self, before: Reading, now: Reading) -> str | None:
        """Why nothing is to be graded, if so."""
        if before.digest == now.digest:
            return "No code has changed: nothing to grade."
        only = self._sitting.settings.only
        if only and same(before, now, self._sitting.file.rubric, only):
            return f"Nothing that {only} needs has changed."
        return None

    def _grade(self, reading: Reading, before: Reading | None) -> None:
        """What was asked for alone, or first what was edited and then everything."""
        only = self._sitting.settings.only
        if only:
            graded = self._first(reading, (only,))
            if graded is None:
                self._screen.say(f"All cells are run: {only} may depend on any of them.")
            self._tell(graded or self._whole(reading))
            return
        if before is not None:
            changed = changed_functions(before, reading, self._sitting.file.rubric)
            if graded := self._first(reading, changed):
                self._screen.show(graded.report)
                self._screen.say("The whole notebook follows.")
        self._tell(self._whole(reading))

    def _first(self, reading: Reading, names: tuple[str, ...]) -> Graded | None:
        with Display(Console(stderr=True)) as display:
            return grade_slice(self._sitting, reading, names, display.listener())

    def _whole(self, reading: Reading) -> Graded:
        with Display(Console(stderr=True)) as display:
            shown = display.listener()

            def frame(frame: Frame) -> None:
                shown.frame(frame)
                if self._newer(reading):
                    raise _SupersededError

            listener: Listener = replace(shown, frame=frame)
            return grade_in(self._sitting, reading.submission, listener)

    def _tell(self, graded: Graded) -> None:
        self._screen.show(graded.report)
        self.code = 0 if graded.report.full_marks else 1
        write_files(graded, self._output)
        if self._output.opened and not self._opened and self._output.html is not None:
            self._opened = True
            open_page(self._output.html, Console(stderr=True))
