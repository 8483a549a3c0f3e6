"""Locations, selections and texts of the plugin, without running anything."""

import json
from dataclasses import replace

import pytest

from grader.pytest_plugin.items import definition_line
from grader.pytest_plugin.output import full_text, loses_points, one_line_text, properties, summary
from grader.pytest_plugin.selection import NO_FUNCTION, by_function, filter_report, single_target
from grader.rubric.load import load_rubric
from tests.builders import report, verdict
from tests.integrations.results.samples import GRADED, HOSTILE
from tests.notebooks import notebook

RUBRIC = load_rubric(None).rubric


def test_a_location_is_the_last_defining_line() -> None:
    """It is found in a file as Jupyter writes it; other formats and other names give none."""
    cells = notebook(["def f(x): ...", "x = [0]", "def f(y): ...\nfx = 1", "async def g(): ..."])
    for cell in cells["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    text = json.dumps(cells, indent=1)
    lines = text.splitlines()
    for name, there in (("f", '"def f(y)'), ("x", '"x = '), ("g", '"async def g')):
        at = definition_line(name, text)
        assert at is not None
        assert lines[at].strip().startswith(there)
    assert definition_line("h", text) is None
    assert definition_line("f", json.dumps(cells)) is None


def test_every_criterion_is_in_one_group() -> None:
    """The criteria of a function are in one group, so that test ids are unique."""
    groups = by_function(RUBRIC)
    found = [criterion.id for criteria in groups.values() for criterion in criteria]
    assert sorted(found) == sorted(criterion.id for criterion in RUBRIC.criteria)
    for name, criteria in groups.items():
        assert {criterion.function or NO_FUNCTION for criterion in criteria} == {name}


@pytest.mark.parametrize("function", sorted({c.function for c in RUBRIC.criteria if c.function}))
def test_one_function_alone_is_all_that_is_graded(function: str) -> None:
    """So is one criterion; with a criterion of another function everything is graded."""
    ids = [c.id for c in RUBRIC.criteria if c.function == function]
    other = next(c.id for c in RUBRIC.criteria if c.function != function)
    assert single_target(RUBRIC, frozenset(ids[:1])) == ids[0]
    assert single_target(RUBRIC, frozenset(ids)) in {function, ids[0]}
    assert single_target(RUBRIC, frozenset([*ids, other])) is None
    assert single_target(RUBRIC, frozenset(c.id for c in RUBRIC.criteria)) is None


def test_a_selection_has_its_own_total() -> None:
    """Criteria that are not selected do not count, and a bonus is not part of the total."""
    some = filter_report(GRADED, ["scores_shifted", "challenge"])
    assert [v.id for v in some.verdicts] == ["scores_shifted", "challenge"]
    assert (some.score, some.total) == (7.5, 7.5)
    assert filter_report(GRADED, [v.id for v in GRADED.verdicts]).score == GRADED.score


def test_only_points_within_the_total_cost() -> None:
    """A report passes all tests if and only if it has full marks."""
    lost = verdict(id="lost", outcome="failed", points=0.0, bonus=True)
    nothing = verdict(id="nothing", outcome="failed", points=0.0, max_points=0.0)
    for one in (*GRADED.verdicts, lost, nothing):
        assert loses_points(one) != report(one).full_marks


def test_all_texts_are_escaped() -> None:
    """Students' text adds no lines and no control characters, in properties neither."""
    one = verdict(outcome="failed", points=0.0, feedback=20 * HOSTILE, misconception=HOSTILE)
    texts = [one_line_text(one), *(value for _, value in properties(one))]
    texts += full_text(one, hints=3).splitlines()
    texts += summary("lab.ipynb", report(one, notes=(HOSTILE,))).lines
    assert all(text.isprintable() for text in texts)
    assert len(one_line_text(one)) < 300


def test_as_many_hints_as_were_asked_for() -> None:
    """The number of hints is respected, from none to three, in order."""
    one = verdict(outcome="failed", points=0.0, feedback="Wrong.", hints=("a", "b", "c"))
    for count in range(4):
        shown = [
            text for text in full_text(one, hints=count).splitlines() if text.startswith("Hint")
        ]
        assert shown == ["Hint: a", "Hint: b", "Hint: c"][:count]


def test_a_run_without_isolation_says_so() -> None:
    """A run in a sandbox has no warning, one without a sandbox has."""
    safe = report(verdict())
    bare = replace(safe, environment={**safe.environment, "isolation": "none"})
    assert "WITHOUT ISOLATION" in "".join(summary("lab.ipynb", bare).lines)
    safe = replace(safe, environment={**safe.environment, "isolation": "bubblewrap"})
    assert "WITHOUT ISOLATION" not in "".join(summary("lab.ipynb", safe).lines)
