"""pytest collectors and items: a notebook, its functions and their criteria."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest._code.code import ReprExceptionInfo, ReprFileLocation, ReprTracebackNative

from grader.errors import GraderError, SubmissionError
from grader.files.escape import escape_line, escape_text, printable
from grader.pytest_plugin.grading import NotebookGrader
from grader.pytest_plugin.output import full_text, loses_points, one_line_text, properties
from grader.pytest_plugin.selection import by_function, filter_report, single_target
from grader.report.model import Report, Verdict
from grader.rubric.sections import Criterion
from grader.submission.read import Submission, parse_submission, read_notebook_bytes
from grader.submission.source import defined_names

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr, TracebackStyle

_UNGRADED = "the notebook could not be graded: its first test says why"


class Notebook(pytest.File):
    """A notebook. It is graded once, when the first of its tests runs."""

    def __init__(self, *, grader: NotebookGrader, **node: Any) -> None:  # noqa: ANN401 (pytest's own)
        super().__init__(**node)
        self.grader = grader
        self.report: Report | None = None
        """Report on the selected criteria; None until the notebook is graded."""
        self._submission: Submission | None = None
        self._was_tried = False

    @property
    def display_name(self) -> str:
        """The notebook's name on one line; outside the root folder pytest gives it no id."""
        return printable(self.nodeid or self.name)

    def collect(self) -> Iterator["Function"]:
        """Yield the functions of a notebook that is named or defines something of the lab."""
        rubric = self.grader.file.rubric
        try:
            data = read_notebook_bytes(self.path, rubric.limits)
            self._submission = parse_submission(data, self.path, rubric.limits)
        except SubmissionError as error:
            raise self.CollectError(escape_text(str(error))) from error
        defined = defined_names(cell.source for cell in self._submission.cells)
        if not self.session.isinitpath(self.path) and not defined & {*rubric.functions}:
            self.grader.skipped.append(self.display_name)
            return
        text = data.decode("utf-8", "replace")
        for name, criteria in by_function(rubric).items():
            line = definition_line(name, text) or 0
            yield Function.from_parent(self, name=name, criteria=criteria, line=line)

    def graded(self) -> Report:
        """Return the report on the selected tests, grading the notebook if necessary.

        If grading fails, this fails the first test and skips the others.
        """
        if self.report is None:
            if self._was_tried or self._submission is None:
                pytest.skip(_UNGRADED)
            self._was_tried = True
            ids = frozenset(self._selected_criteria())
            only = single_target(self.grader.file.rubric, ids)
            try:
                self.report = filter_report(self.grader.grade(self._submission, only), ids)
            except GraderError as error:
                raise pytest.fail.Exception(escape_text(str(error)), pytrace=False) from None
        return self.report

    def _selected_criteria(self) -> Iterator[str]:
        for item in self.session.items:
            if isinstance(item, CriterionTest) and item.notebook is self:
                yield item.criterion.id


class Function(pytest.Collector):
    """A function or variable of the lab, with the criteria about it."""

    def __init__(self, *, criteria: Sequence[Criterion], line: int, **node: Any) -> None:  # noqa: ANN401 (pytest's own)
        super().__init__(**node)
        self.criteria = criteria
        self.line = line
        """Line of the notebook's file, from 0, that defines it."""

    def collect(self) -> Iterator["CriterionTest"]:
        """Yield a test for each criterion."""
        for criterion in self.criteria:
            yield CriterionTest.from_parent(self, name=criterion.id, criterion=criterion)


class CriterionTest(pytest.Item):
    """A test of one criterion; it fails if points were lost."""

    def __init__(self, *, criterion: Criterion, **node: Any) -> None:  # noqa: ANN401 (pytest's own)
        super().__init__(**node)
        self.criterion = criterion

    @property
    def notebook(self) -> Notebook:
        """The notebook that is tested."""
        notebook = self.getparent(Notebook)
        assert notebook is not None  # noqa: S101 (every test is created below a notebook)
        return notebook

    @property
    def verdict(self) -> Verdict:
        """The criterion's verdict; the notebook is graded if necessary."""
        return next(v for v in self.notebook.graded().verdicts if v.id == self.criterion.id)

    def setup(self) -> None:
        """Grade the notebook, unless another test has done so."""
        verdict = self.verdict
        # The schema of today's JUnit files (xunit2) allows no properties of a test, and strict
        # readers reject a file with them. There they are added to the suite.
        xml_path = self.config.getoption("xmlpath", None)
        if not (xml_path and self.config.getini("junit_family") == "xunit2"):
            self.user_properties += properties(verdict)

    def runtest(self) -> None:
        """Fail if the criterion lost points. A missed bonus is an expected failure."""
        verdict = self.verdict
        if verdict.outcome == "passed":
            return
        if not loses_points(verdict):
            pytest.xfail(one_line_text(verdict))
        raise AssertionError(one_line_text(verdict))

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: "TracebackStyle | None" = None
    ) -> "str | TerminalRepr":
        """Return points, feedback and hints; a traceback only for an error of the grader."""
        if not isinstance(excinfo.value, AssertionError):
            return super().repr_failure(excinfo, style)
        path, line, _ = self.reportinfo()
        hints: int = self.config.getoption("lab_hints")
        text = full_text(self.verdict, hints)
        return _failure_text(path, line + 1, summary=one_line_text(self.verdict), text=text)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the notebook, the line that defines the function, and the test's title."""
        function = self.getparent(Function)
        line = function.line if function else 0
        subject = function.name if function else self.name
        return self.path, line, f"{subject}: {escape_line(self.criterion.title)}"


def definition_line(name: str, text: str) -> int | None:
    """Return the line, from 0, on which a notebook's file defines or assigns a name last.

    Jupyter writes each line of a cell on a line of its own; in other files nothing is found.

    Args:
        text: Content of the notebook's file.
    """
    word = re.escape(name)
    pattern = rf'^[ \t]*"(?:(?:async )?def {word}\b|{word}[ \t]*[:=,])'
    starts = [match.start() for match in re.finditer(pattern, text, re.MULTILINE)]
    return text.count("\n", 0, starts[-1]) if starts else None


def _failure_text(path: Path, line: int, *, summary: str, text: str) -> ReprExceptionInfo:
    """Return a failure without a traceback, which pytest can send to another process.

    Args:
        line: Line of the notebook's file, from 1.
        summary: One line, for pytest's short summary.
    """
    return ReprExceptionInfo(
        reprtraceback=ReprTracebackNative([f"{text}\n"]),
        reprcrash=ReprFileLocation(str(path), line, summary),
    )
