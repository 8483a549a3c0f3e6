"""pytest hooks of a run with a lab: collect notebooks, and report their scores."""

from collections.abc import Generator
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from grader.files.escape import escape_line
from grader.pytest_plugin.grading import NotebookGrader
from grader.pytest_plugin.items import CriterionTest, Notebook
from grader.pytest_plugin.output import Summary, summary
from grader.pytest_plugin.settings import SEED_KEY, rubric_from_config, settings_from_config

_SUMMARY = "lab_summary"
"""Attribute of a test report that carries the notebook's summary between processes."""


class LabPlugin:
    """The hooks of a test run that grades notebooks of a lab."""

    def __init__(self, config: pytest.Config) -> None:
        """Load the rubric that the options or pytest.ini name."""
        self._config = config
        self.grader = NotebookGrader(
            file=rubric_from_config(config),
            settings=settings_from_config(config),
            note=self._print_line,
        )
        self._summaries: dict[str, Summary] = {}

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 (a pytest-xdist class)
        """Send the seed to a worker of pytest-xdist."""
        node.workerinput[SEED_KEY] = self.grader.settings.seed

    def pytest_report_header(self) -> str:
        """Return a line about the lab."""
        rubric = self.grader.file.rubric
        count = len(rubric.criteria)
        return f"lab: {escape_line(rubric.title)}, {count} criteria, {rubric.total:g} points"

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> Notebook | None:
        """Collect notebooks; skip Jupyter's checkpoints unless one is named."""
        if file_path.suffix.lower() != ".ipynb":
            return None
        is_checkpoint = file_path.parent.name == ".ipynb_checkpoints"
        if is_checkpoint and not parent.session.isinitpath(file_path):
            return None
        return Notebook.from_parent(parent, path=file_path, grader=self.grader)

    def pytest_report_collectionfinish(self) -> list[str]:
        """Return a line for each notebook that does not belong to the lab."""
        return [
            f"left out: {name} (it defines nothing of the lab; name it to grade it)"
            for name in self.grader.skipped
        ]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach the notebook's summary: another process may print it."""
        report = yield
        if isinstance(item, CriterionTest) and report.when == "call":
            graded = item.notebook.report
            if graded is not None:
                vars(report)[_SUMMARY] = asdict(summary(item.notebook.display_name, graded))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Store an attached summary."""
        attached: dict[str, Any] | None = vars(report).get(_SUMMARY)
        if attached is not None:
            self._summaries[attached["notebook"]] = Summary(**attached)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Add points and scores to the JUnit file, if one is written."""
        for plugin in self._config.pluginmanager.get_plugins():
            if add := getattr(plugin, "add_global_property", None):
                for notebook in self._summaries.values():
                    for name, value in notebook.properties:
                        add(name, value)

    def pytest_terminal_summary(self, terminalreporter: "pytest.TerminalReporter") -> None:
        """Print the score and the notes of each notebook."""
        if self._summaries:
            terminalreporter.section(f"lab {self.grader.file.rubric.lab}")
        for notebook in self._summaries.values():
            for text in notebook.lines:
                terminalreporter.write_line(text)

    def _print_line(self, text: str) -> None:
        """Print a line on the terminal while tests run, bypassing their captured output."""
        plugins = self._config.pluginmanager
        reporter, capture = (plugins.get_plugin(n) for n in ("terminalreporter", "capturemanager"))
        if reporter is not None:
            with capture.global_and_fixture_disabled() if capture else nullcontext():
                reporter.ensure_newline()
                reporter.write_line(escape_line(text))
