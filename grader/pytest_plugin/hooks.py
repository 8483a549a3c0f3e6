"""The hooks of a run that grades: notebooks collected, scores gathered and said."""

from collections.abc import Generator
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from grader.pytest_plugin.grading import Desk
from grader.pytest_plugin.items import CriterionTest, Notebook
from grader.pytest_plugin.output import Summary, summary
from grader.pytest_plugin.settings import SEED, chosen_rubric, chosen_settings
from grader.render.escape import line

_SENT = "lab_summary"


class Lab:
    """One run's lab."""

    def __init__(self, config: pytest.Config) -> None:
        """Read the rubric that the run names."""
        self._config = config
        self._desk = Desk(
            file=chosen_rubric(config), settings=chosen_settings(config), say=self._say
        )
        self._summaries: dict[str, Summary] = {}

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 (of pytest-xdist, if any)
        """Give a worker the seed that was drawn here."""
        node.workerinput[SEED] = self._desk.settings.seed

    def pytest_report_header(self) -> str:
        """The lab, and how much there is to it."""
        rubric = self._desk.file.rubric
        count = len(rubric.criteria)
        return f"lab: {line(rubric.title)}, {count} criteria, {rubric.total:g} points"

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> Notebook | None:
        """Notebooks; not the copies that Jupyter keeps, unless one is named."""
        if file_path.suffix.lower() != ".ipynb":
            return None
        kept = file_path.parent.name == ".ipynb_checkpoints"
        if kept and not parent.session.isinitpath(file_path):
            return None
        return Notebook.from_parent(parent, path=file_path, desk=self._desk)

    def pytest_report_collectionfinish(self) -> list[str]:
        """The notebooks in folders that were not taken for the lab's."""
        return [
            f"left out: {name} (it defines nothing of the lab; name it to grade it)"
            for name in self._desk.left_out
        ]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Send the notebook's result along: who sums up may be another process."""
        report = yield
        if isinstance(item, CriterionTest) and report.when == "call":
            found = item.notebook.report
            if found is not None:
                vars(report)[_SENT] = asdict(summary(item.notebook.called, found))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what was sent along."""
        sent: dict[str, Any] | None = vars(report).get(_SENT)
        if sent is not None:
            self._summaries[sent["notebook"]] = Summary(**sent)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Put points and scores into the JUnit file, where one is written."""
        for plugin in self._config.pluginmanager.get_plugins():
            if add := getattr(plugin, "add_global_property", None):
                for told in self._summaries.values():
                    for name, value in told.properties:
                        add(name, value)

    def pytest_terminal_summary(self, terminalreporter: "pytest.TerminalReporter") -> None:
        """A line or more for each notebook."""
        if self._summaries:
            terminalreporter.section(f"lab {self._desk.file.rubric.lab}")
        for told in self._summaries.values():
            for text in told.lines:
                terminalreporter.write_line(text)

    def _say(self, text: str) -> None:
        """Tell who waits, where there is a terminal; what tests print is kept from it."""
        plugins = self._config.pluginmanager
        reporter, capture = (plugins.get_plugin(n) for n in ("terminalreporter", "capturemanager"))
        if reporter is not None:
            with capture.global_and_fixture_disabled() if capture else nullcontext():
                reporter.ensure_newline()
                reporter.write_line(line(text))
