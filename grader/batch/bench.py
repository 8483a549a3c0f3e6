"""Where submissions are graded: in threads of this process, or in a worker's on another machine."""

from dataclasses import dataclass
from time import monotonic

from grader.batch.asked import Asked
from grader.batch.asking import asked_in
from grader.batch.finished import Finished
from grader.batch.grading import Ending, grade_bytes
from grader.batch.pages import pages_of
from grader.batch.results import EXECUTED, STORED
from grader.batch.stored import keep, to_npz
from grader.batch.turns import Turns
from grader.render.notebook import to_notebook
from grader.sitting import Sitting


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A sitting with all that is the same for each of its submissions."""

    sitting: Sitting
    what: Asked
    turns: Turns

    @classmethod
    def of(cls, sitting: Sitting) -> "Bench":
        """Make one for a sitting."""
        return cls(sitting=sitting, what=asked_in(sitting), turns=Turns())

    def grade(self, student: str, name: str, data: bytes) -> Finished:
        """Grade one notebook, whatever happens.

        Args:
            student: Whose, by key.
            name: The file's.
            data: What is in it.
        """
        start = monotonic()
        ending = grade_bytes(student, name, data, self.sitting, self.turns)
        report = ending.graded.report if ending.graded else None
        return Finished(
            state=ending.state,
            reason=ending.reason,
            seconds=round(monotonic() - start, 3),
            files=self._files(ending),
            score=report.score if report else None,
            total=report.total if report else 0.0,
        )

    def _files(self, ending: Ending) -> dict[str, bytes]:
        if (ran := ending.graded) is None:
            return {}
        stored = keep(ran.submission, ran.prepared, ran.execution, self.what)
        notebook = to_notebook(ran.submission, ran.execution)
        return {**pages_of(ran.report, ran.pictures), STORED: to_npz(stored), EXECUTED: notebook}
