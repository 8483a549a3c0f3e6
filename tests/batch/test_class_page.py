"""The class page's view model, and the pages of unusual classes."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.batch.class_page import class_view, remark, with_doubts
from grader.batch.gradebook import GradebookRow
from grader.batch.policy.late_policy import Lateness
from grader.batch.popular_answers import PopularAnswer
from grader.batch.statistics import summarise
from grader.render.class_page import ClassView, render_class_page
from tests.builders import report, rubric, verdict
from tests.similarity.course import result

RUBRIC = rubric()
LARGEST = 1_500_000


def view(*rows: GradebookRow, **pages: str) -> ClassView:
    """Build the page of a class."""
    results = [result(one.student, one.name) for one in rows]
    return class_view(rows, results, summarise(rows, RUBRIC), RUBRIC, pages)


def row(student: str, **changes: Any) -> GradebookRow:
    """Build a row; its answers are right unless changed."""
    made = GradebookRow(
        student=student, name="", notebook="", state="graded", report=report(verdict()),
        lateness=None,
    )  # fmt: skip
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("passed", "discrimination", "expected"),
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
def test_a_criterion_is_remarked_on(
    passed: float | None, discrimination: float | None, expected: str
) -> None:
    """Unusual statistics give a remark; 0.1 as it is shown is normal."""
    assert remark(passed, discrimination) == expected


def test_what_nobody_passes_though_most_tried_is_doubted() -> None:
    """A criterion that nobody passes is doubtful if most attempted it."""
    lost = report(verdict(outcome="failed", points=0.0))
    blank = report(verdict(outcome="not_attempted", points=0.0))
    tried = [row(f"a{i}", report=lost) for i in range(3)]
    left = [row(f"b{i}", report=blank) for i in range(3)]
    (doubt,) = view(*tried, *left[:2]).doubts
    assert (doubt.criteria, doubt.judged, doubt.people) == (("Scores",), 5, ())
    assert view(*tried, *left).doubts == ()
    assert view(*tried[:2]).doubts == ()


def test_a_shared_value_comes_first_with_people() -> None:
    """A popular answer is the first doubt, with links to its students and a limited length."""
    one = PopularAnswer(
        function="f", value="1" * 999, students=("a",), judged=3, criteria=("scores",)
    )
    (doubt,) = with_doubts(view(row("a"), a="a/report.html"), [one], RUBRIC).doubts
    assert (doubt.criteria, doubt.people[0].page) == (("Scores",), "a/report.html")
    assert len(doubt.value) < 500


def test_lateness_has_columns_only_where_there_is_a_policy() -> None:
    """Days late are shown only with a late policy; a question mark asks for review."""
    late = [
        row("a", lateness=Lateness(days=2, penalty=10)),
        row("b", lateness=Lateness(days=0)),
        row("c", lateness=Lateness(days=None, review=True)),
    ]
    made = view(*late)
    assert [(row.final, row.late) for row in made.rows] == [(9.0, "2"), (10.0, ""), (10.0, "?")]
    assert made.final is not None
    assert "Days late" in render_class_page(made, inputs="")
    assert "Days late" not in render_class_page(view(row("a")), inputs="")


def test_a_class_of_nothing_has_a_page() -> None:
    """An empty class, and one without a graded submission, have a page that says so."""
    assert "Nothing has been judged." in render_class_page(view(), inputs="")
    page = render_class_page(view(row("a", state="crashed", report=None)), inputs="")
    assert "<svg" not in page
    assert "crashed" in page


def test_a_name_that_is_the_key_is_told_once() -> None:
    """A name equal to the key is not repeated, and odd or long keys are escaped and cut."""
    made = view(row("ann", name="ann"), row("\u202e" + "x" * 999, name="Bob"))
    assert [row.person.name for row in made.rows] == ["", "Bob"]
    assert made.rows[1].person.key.startswith("\\u202ex")
    assert len(made.rows[1].person.key) < 100


def test_the_page_of_a_large_course_is_small(tmp_path: Path) -> None:
    """The page of 300 students with the lab's criteria is smaller than 1.5 MB."""
    from tests.render.pages import course  # noqa: PLC0415

    course.finalize_batch(course.write_results(tmp_path))
    thirty = (tmp_path / "index.html").stat().st_size
    rows = (tmp_path / "index.html").read_text(encoding="utf-8").partition("<tbody>")[2]
    assert thirty + 9 * len(rows.encode()) < LARGEST
