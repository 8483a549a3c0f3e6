"""A notebook, its functions and their criteria, as pytest's collectors and items."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest._code.code import ReprExceptionInfo, ReprFileLocation, ReprTracebackNative

from grader.errors import GraderError, SubmissionError
from grader.files.untrusted import shown
from grader.pytest_plugin.grading import Desk
from grader.pytest_plugin.output import brief, costs, properties, told
from grader.pytest_plugin.selection import about, by_function, selected
from grader.render.escape import line, plain
from grader.report.model import Report, Verdict
from grader.rubric.model import Criterion
from grader.submission.read import Submission, parse_submission, read_bytes
from grader.submission.source import defined_names


# MERGED: A lost criterion as pytest shows failures: text without a traceback.
# MERGED: Where in a notebook's file a function is, for editors and annotations. Pure.
def failure(path: Path, lineno: int, *, brief: str, told: str) -> ReprExceptionInfo:
    """What is shown of it, here and where another process shows it.

    Args:
        path: The notebook.
        lineno: A line of its file.
        brief: One line, for the summary at the end.
        told: The whole text.
    """
    return ReprExceptionInfo(
        reprtraceback=ReprTracebackNative([f"{told}\n"]),
        reprcrash=ReprFileLocation(str(path), lineno, brief),
    )


def line_of(name: str, text: str) -> int | None:
    """The line of the file, from 0, on which a name is defined or assigned last.

    Jupyter writes each line of a cell on a line of its own; where it did not, there is none.

    Args:
        name: A function or variable.
        text: What is in the notebook's file.
    """
    word = re.escape(name)
    pattern = rf'^[ \t]*"(?:(?:async )?def {word}\b|{word}[ \t]*[:=,])'
    found = [match.start() for match in re.finditer(pattern, text, re.MULTILINE)]
    return text.count("\n", 0, found[-1]) if found else None


if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr, TracebackStyle

_UNGRADED = "the notebook could not be graded: its first test says why"


class Notebook(pytest.File):
    """A notebook: graded once, when the first of its tests runs."""

    def __init__(self, *, desk: Desk, **node: Any) -> None:  # noqa: ANN401 (pytest's own)
        """Take the desk it is graded at."""
        super().__init__(**node)
        self.desk = desk
        self.report: Report | None = None
        """On what was selected; None until it is graded."""
        self._submission: Submission | None = None
        self._asked = False

    @property
    def called(self) -> str:
        """Its name in a line of text; beside the run's root, pytest gives it no id."""
        return shown(self.nodeid or self.name)

    def collect(self) -> Iterator["Function"]:
        """Its functions, if it is the lab's: one that was named is taken for it."""
        rubric = self.desk.file.rubric
        try:
            data = read_bytes(self.path, rubric.limits)
            self._submission = parse_submission(data, self.path, rubric.limits)
        except SubmissionError as error:
            raise self.CollectError(plain(str(error))) from error
        defined = defined_names(cell.source for cell in self._submission.cells)
        if not self.session.isinitpath(self.path) and not defined & {*rubric.functions}:
            self.desk.left_out.append(self.called)
            return
        text = data.decode("utf-8", "replace")
        for name, criteria in by_function(rubric).items():
            at = line_of(name, text) or 0
            yield Function.from_parent(self, name=name, criteria=criteria, line=at)

    def graded(self) -> Report:
        """The report on the tests that were selected.

        Said once where there is none: the other tests are skipped.
        """
        if self.report is None:
            if self._asked or self._submission is None:
                pytest.skip(_UNGRADED)
            self._asked = True
            ids = frozenset(self._selected())
            only = about(self.desk.file.rubric, ids)
            try:
                self.report = selected(self.desk.grade(self._submission, only), ids)
            except GraderError as error:
                raise pytest.fail.Exception(plain(str(error)), pytrace=False) from None
        return self.report

    def _selected(self) -> Iterator[str]:
        for item in self.session.items:
            if isinstance(item, CriterionTest) and item.notebook is self:
                yield item.criterion.id


class Function(pytest.Collector):
    """One function or variable of the lab, and the criteria that are about it."""

    def __init__(self, *, criteria: Sequence[Criterion], line: int, **node: Any) -> None:  # noqa: ANN401 (pytest's own)
        """Take the criteria, and the line of the file that it is on."""
        super().__init__(**node)
        self.criteria = criteria
        self.line = line

    def collect(self) -> Iterator["CriterionTest"]:
        """A test for each criterion."""
        for criterion in self.criteria:
            yield CriterionTest.from_parent(self, name=criterion.id, criterion=criterion)


class CriterionTest(pytest.Item):
    """One criterion: it fails where points were lost."""

    def __init__(self, *, criterion: Criterion, **node: Any) -> None:  # noqa: ANN401 (pytest's own)
        """Take the criterion."""
        super().__init__(**node)
        self.criterion = criterion

    @property
    def notebook(self) -> Notebook:
        """The notebook it is of."""
        notebook = self.getparent(Notebook)
        assert notebook is not None  # noqa: S101 (that is how it is made)
        return notebook

    @property
    def verdict(self) -> Verdict:
        """What became of it, once the notebook is graded."""
        found = (v for v in self.notebook.graded().verdicts if v.id == self.criterion.id)
        return next(found)

    def setup(self) -> None:
        """Grade the notebook, unless another test has."""
        verdict = self.verdict
        # The schema of pytest's own JUnit files has no properties of a test: those who hold to it
        # refuse the file. There they are the suite's.
        written = self.config.getoption("xmlpath", None)
        if not (written and self.config.getini("junit_family") == "xunit2"):
            self.user_properties += properties(verdict)

    def runtest(self) -> None:
        """Fail where points within the total were lost; a bonus that was not earned may be."""
        verdict = self.verdict
        if verdict.outcome == "passed":
            return
        if not costs(verdict):
            pytest.xfail(brief(verdict))
        raise AssertionError(brief(verdict))

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: "TracebackStyle | None" = None
    ) -> "str | TerminalRepr":
        """Points, feedback and hints; a traceback only of a fault of ours."""
        if not isinstance(excinfo.value, AssertionError):
            return super().repr_failure(excinfo, style)
        path, at, _ = self.reportinfo()
        hints: int = self.config.getoption("lab_hints")
        verdict = self.verdict
        return failure(path, at + 1, brief=brief(verdict), told=told(verdict, hints))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The notebook, the line of its file that the function is on, and what is asked."""
        function = self.getparent(Function)
        at = function.line if function else 0
        about_what = function.name if function else self.name
        return self.path, at, f"{about_what}: {line(self.criterion.title)}"
