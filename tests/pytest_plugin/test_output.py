"""What is decided without running anything: places, selections, words."""

import json
from dataclasses import replace

import pytest

from grader.pytest_plugin.items import line_of
from grader.pytest_plugin.output import brief, costs, properties, summary, told
from grader.pytest_plugin.selection import WHOLE, about, by_function, selected
from grader.rubric.load import find_rubric
from tests.builders import report, verdict
from tests.integrations.results.results import GRADED, HOSTILE
from tests.notebooks import notebook

RUBRIC = find_rubric(None).rubric


def test_a_place_is_the_line_that_defines_last() -> None:
    """Of a file as Jupyter writes it; elsewhere there is none, and other names are no match."""
    cells = notebook(["def f(x): ...", "x = [0]", "def f(y): ...\nfx = 1", "async def g(): ..."])
    for cell in cells["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    text = json.dumps(cells, indent=1)
    lines = text.splitlines()
    for name, there in (("f", '"def f(y)'), ("x", '"x = '), ("g", '"async def g')):
        at = line_of(name, text)
        assert at is not None
        assert lines[at].strip().startswith(there)
    assert line_of("h", text) is None
    assert line_of("f", json.dumps(cells)) is None


def test_every_criterion_is_in_one_group() -> None:
    """Each function's together, so that no two tests have one id."""
    groups = by_function(RUBRIC)
    found = [criterion.id for criteria in groups.values() for criterion in criteria]
    assert sorted(found) == sorted(criterion.id for criterion in RUBRIC.criteria)
    for name, criteria in groups.items():
        assert {criterion.function or WHOLE for criterion in criteria} == {name}


@pytest.mark.parametrize("function", sorted({c.function for c in RUBRIC.criteria if c.function}))
def test_one_function_alone_is_all_that_is_asked(function: str) -> None:
    """One criterion too; with one of another function everything is asked."""
    ids = [c.id for c in RUBRIC.criteria if c.function == function]
    other = next(c.id for c in RUBRIC.criteria if c.function != function)
    assert about(RUBRIC, frozenset(ids[:1])) == ids[0]
    assert about(RUBRIC, frozenset(ids)) in {function, ids[0]}
    assert about(RUBRIC, frozenset([*ids, other])) is None
    assert about(RUBRIC, frozenset(c.id for c in RUBRIC.criteria)) is None


def test_a_selection_has_its_own_total() -> None:
    """What was not selected counts neither way, and a bonus is on top."""
    some = selected(GRADED, ["scores_shifted", "challenge"])
    assert [v.id for v in some.verdicts] == ["scores_shifted", "challenge"]
    assert (some.score, some.total) == (7.5, 7.5)
    assert selected(GRADED, [v.id for v in GRADED.verdicts]).score == GRADED.score


def test_only_points_within_the_total_cost() -> None:
    """Whatever passes the tests has full marks, and the other way round."""
    lost = verdict(id="lost", outcome="failed", points=0.0, bonus=True)
    nothing = verdict(id="nothing", outcome="failed", points=0.0, max_points=0.0)
    for one in (*GRADED.verdicts, lost, nothing):
        assert costs(one) != report(one).full_marks


def test_all_that_is_said_is_harmless() -> None:
    """On lines of our own making alone, in properties as well."""
    one = verdict(outcome="failed", points=0.0, feedback=20 * HOSTILE, misconception=HOSTILE)
    texts = [brief(one), *(value for _, value in properties(one))]
    texts += told(one, hints=3).splitlines()
    texts += summary("lab.ipynb", report(one, notes=(HOSTILE,))).lines
    assert all(text.isprintable() for text in texts)
    assert len(brief(one)) < 300


def test_as_many_hints_as_were_asked_for() -> None:
    """From none to three, the first first."""
    one = verdict(outcome="failed", points=0.0, feedback="Wrong.", hints=("a", "b", "c"))
    for count in range(4):
        said = [text for text in told(one, hints=count).splitlines() if text.startswith("Hint")]
        assert said == ["Hint: a", "Hint: b", "Hint: c"][:count]


def test_a_run_without_isolation_says_so() -> None:
    """As every report does; a safe one does not."""
    safe = report(verdict())
    bare = replace(safe, environment={**safe.environment, "isolation": "none"})
    assert "WITHOUT ISOLATION" in "".join(summary("lab.ipynb", bare).lines)
    safe = replace(safe, environment={**safe.environment, "isolation": "bubblewrap"})
    assert "WITHOUT ISOLATION" not in "".join(summary("lab.ipynb", safe).lines)
