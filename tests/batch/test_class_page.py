"""What the class page is told, and the page of odd classes: large, empty, with nothing judged."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.batch.class_page import class_view, remark, with_doubts
from grader.batch.gradebook import Entry
from grader.batch.policy.late_policy import Lateness
from grader.batch.popular_answers import SharedWrong
from grader.batch.statistics import summarise
from grader.render.class_page import ClassPage, class_html
from tests.builders import report, rubric, verdict
from tests.similarity.course import record

RUBRIC = rubric()
LARGEST = 1_500_000


def view(*entries: Entry, **pages: str) -> ClassPage:
    """Of a class with these submissions."""
    records = [record(entry.student, entry.name) for entry in entries]
    return class_view(entries, records, summarise(entries, RUBRIC), RUBRIC, pages)


def entry(student: str, **changes: Any) -> Entry:
    """A submission; where nothing is said, right."""
    made = Entry(
        student=student, name="", notebook="", state="graded", report=report(verdict()),
        lateness=None,
    )  # fmt: skip
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("passed", "found", "said"),
    [
        (1.0, None, "everyone passes"),
        (0.0, 0.5, "nobody passes"),
        (0.5, None, ""),
        (0.5, 0.1, ""),
        (0.5, 0.0951, ""),
        (0.5, 0.0949, "says little about the rest"),
        (0.5, 0.0, "says little about the rest"),
        (0.5, -0.01, "better students lose it"),
        (None, None, ""),
    ],
)
def test_a_criterion_is_remarked_on(passed: float | None, found: float | None, said: str) -> None:
    """What is odd about it; 0.1 as it is shown is enough."""
    assert remark(passed, found) == said


def test_what_nobody_passes_though_most_tried_is_doubted() -> None:
    """Not where most have left it out."""
    lost = report(verdict(outcome="failed", points=0.0))
    blank = report(verdict(outcome="not_attempted", points=0.0))
    tried = [entry(f"a{i}", report=lost) for i in range(3)]
    left = [entry(f"b{i}", report=blank) for i in range(3)]
    (doubt,) = view(*tried, *left[:2]).doubts
    assert (doubt.criteria, doubt.judged, doubt.people) == (("Scores",), 5, ())
    assert view(*tried, *left).doubts == ()
    assert view(*tried[:2]).doubts == ()


def test_a_shared_value_comes_first_with_people() -> None:
    """Whoever gave it is linked as everywhere else; a long value is cut."""
    one = SharedWrong(
        function="f", value="1" * 999, students=("a",), judged=3, criteria=("scores",)
    )
    (doubt,) = with_doubts(view(entry("a"), a="a/report.html"), [one], RUBRIC).doubts
    assert (doubt.criteria, doubt.people[0].page) == (("Scores",), "a/report.html")
    assert len(doubt.value) < 500


def test_lateness_has_columns_only_where_there_is_a_policy() -> None:
    """Days that were begun, and a question mark where a person has to look."""
    late = [
        entry("a", lateness=Lateness(days=2, penalty=10)),
        entry("b", lateness=Lateness(days=0)),
        entry("c", lateness=Lateness(days=None, review=True)),
    ]
    made = view(*late)
    assert [(row.final, row.late) for row in made.rows] == [(9.0, "2"), (10.0, ""), (10.0, "?")]
    assert made.final is not None
    assert "Days late" in class_html(made, inputs="")
    assert "Days late" not in class_html(view(entry("a")), inputs="")


def test_a_class_of_nothing_has_a_page() -> None:
    """Nobody, and nobody judged: no picture, no mean, and why."""
    assert "Nothing has been judged." in class_html(view(), inputs="")
    page = class_html(view(entry("a", state="crashed", report=None)), inputs="")
    assert "<svg" not in page
    assert "crashed" in page


def test_a_name_that_is_the_key_is_told_once() -> None:
    """And a key that would turn text round, or be a page long, is shown as it is, in short."""
    made = view(entry("ann", name="ann"), entry("\u202e" + "x" * 999, name="Bob"))
    assert [row.person.name for row in made.rows] == ["", "Bob"]
    assert made.rows[1].person.key.startswith("\\u202ex")
    assert len(made.rows[1].person.key) < 100


def test_the_page_of_a_large_course_is_small(tmp_path: Path) -> None:
    """Three hundred students with the lab's criteria: one file under 1.5 MB."""
    from tests.render.pages import course  # noqa: PLC0415

    course.closed(course.made(tmp_path))
    thirty = (tmp_path / "index.html").stat().st_size
    rows = (tmp_path / "index.html").read_text(encoding="utf-8").partition("<tbody>")[2]
    assert thirty + 9 * len(rows.encode()) < LARGEST
