"""Pictures, explanations and tracebacks on the page of a report."""

import json
import re

from grader.charts import Heatmap
from grader.render.html import to_fragment, to_html
from grader.report.model import CellTrouble
from tests.builders import report, verdict
from tests.render.hostile import TEXTS, report_with
from tests.render.test_charts import BARS, HEATMAP, PICTURES
from tests.render.test_html import Page

LOST = verdict(
    id="c",
    outcome="failed",
    points=0.0,
    feedback="Off.",
    hints=("One?", "Two.", "Three."),
    explanation="What an induction head does.",
)
MEGABYTE = 10**6


def test_what_lost_points_is_shown_beside_what_was_expected() -> None:
    """All pictures of the criterion stand with the mistake, and so does what it is about."""
    text = to_html(report(LOST), PICTURES)
    card = text[text.index("<article") : text.index("</article>")]
    assert card.count("<svg") == len(PICTURES)
    assert "What an induction head does." in card


def test_what_was_right_is_shown_behind_a_click() -> None:
    """Under its own heading; nothing is said to have cost points."""
    page = to_html(report(verdict(id="c")), PICTURES)
    assert "<article" not in page
    assert page.index("What your notebook found") < page.index("<details>") < page.index("<svg")


def test_a_picture_of_another_criterion_is_not_shown() -> None:
    """With one function's report come its own pictures."""
    assert "<svg" not in to_html(report(verdict(id="other")), PICTURES)


def test_hints_are_open_as_far_as_was_asked() -> None:
    """Three at once, or all behind clicks."""
    for hints, closed in ((3, 0), (1, 2), (0, 3)):
        page = to_html(report(LOST), (), hints)
        assert page.count("hint</summary>") == closed


def test_entries_can_be_read_from_the_page() -> None:
    """Every panel's numbers are on it as JSON, in an attribute."""
    text = to_html(report(LOST), [HEATMAP])
    found = re.search(r'data-panels="([^"]*)"', text)
    assert found
    panels = json.loads(found[1].replace("&#34;", '"'))
    assert [panel["name"] for panel in panels] == ["yours", "expected", "difference"]
    assert panels[0]["values"] == [[0.0, 0.5], [None, 1.0]]


def test_a_page_stays_below_a_megabyte() -> None:
    """However much a submission has to show and say: what does not fit is left out, and said."""
    answer = tuple(tuple(float(i * j) for i in range(256)) for j in range(64))
    many = [Heatmap(criterion="c", title=f"{i}", axes=("a", "b"), answer=answer) for i in range(20)]
    long = "y" * 10 * MEGABYTE
    troubles = [CellTrouble(cell=i, ename=long, evalue=long, traceback=long) for i in range(100)]
    said = report(
        *(verdict(id=f"c{i}", outcome="failed", points=0.0, feedback=long) for i in range(28)),
        LOST,
        name=long,
        notes=(long,) * 100,
        troubles=troubles,
    )
    text = to_html(said, many)
    assert len(text.encode()) < MEGABYTE
    assert "more pictures are left out" in text
    assert "more." in text


def test_a_traceback_keeps_its_lines() -> None:
    """As text, with what a terminal would obey made visible."""
    trouble = CellTrouble(cell=2, ename="E", evalue="e", traceback="line 2:\n  <b>\x1b[31m")
    page = Page(to_html(report(verdict(), troubles=(trouble,))))
    assert "line 2:\n  <b>\\u001b[31m" in page.text


def test_a_stub_is_no_error() -> None:
    """A cell that stops at what is not written yet is not listed."""
    stub = CellTrouble(cell=2, ename="NotImplementedError", evalue="f")
    assert "Cells with errors" not in to_html(report(verdict(), troubles=(stub,)))


def test_a_part_of_another_page_runs_nothing() -> None:
    """In a notebook's output: style and pictures, no script, no document."""
    tags = Page(to_fragment(report(LOST), PICTURES)).tags
    assert {"script", "html", "head", "meta", "body"} & set(tags) == set()
    assert tags.count("svg") == len(PICTURES)


def test_hostile_text_changes_nothing_of_the_page_with_pictures() -> None:
    """Whatever a student's text says, elements and attributes are the same."""
    plain = Page(to_html(report_with("x"), [BARS.model_copy(update={"criterion": "scores"})]))
    for text in TEXTS:
        labels = BARS.model_copy(update={"criterion": "scores", "labels": (text, "b")})
        page = Page(to_html(report_with(text), [labels]))
        assert (page.tags, page.attributes) == (plain.tags, plain.attributes)
