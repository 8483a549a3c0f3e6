"""Charts, explanations and tracebacks on the report page."""

import json
import re

from grader.charts import Heatmap
from grader.render.html import to_fragment, to_html
from grader.report.model import CellError
from tests.builders import report, verdict
from tests.render.hostile import TEXTS, report_with
from tests.render.test_charts import BARS, CHARTS, HEATMAP
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


def test_feedback_comes_with_its_charts() -> None:
    """All charts of a criterion stand beside the feedback, together with the explanation."""
    text = to_html(report(LOST), CHARTS)
    card = text[text.index("<article") : text.index("</article>")]
    assert card.count("<svg") == len(CHARTS)
    assert "What an induction head does." in card


def test_what_was_right_is_shown_behind_a_click() -> None:
    """Charts of passed criteria are folded away under a heading of their own."""
    page = to_html(report(verdict(id="c")), CHARTS)
    assert "<article" not in page
    assert page.index("Charts of your other results") < page.index("<details>") < page.index("<svg")


def test_a_chart_of_another_criterion_is_not_shown() -> None:
    """A report on one function shows only that function's charts."""
    assert "<svg" not in to_html(report(verdict(id="other")), CHARTS)


def test_the_number_of_open_hints_is_chosen() -> None:
    """The number of hints that are open at first can be chosen, from none to all."""
    for hints, closed in ((3, 0), (1, 2), (0, 3)):
        page = to_html(report(LOST), (), hints)
        assert page.count("hint</summary>") == closed


def test_entries_can_be_read_from_the_page() -> None:
    """Every panel's numbers are in the page as JSON, in an attribute."""
    text = to_html(report(LOST), [HEATMAP])
    found = re.search(r'data-panels="([^"]*)"', text)
    assert found
    panels = json.loads(found[1].replace("&#34;", '"'))
    assert [panel["name"] for panel in panels] == ["yours", "expected", "difference"]
    assert panels[0]["values"] == [[0.0, 0.5], [None, 1.0]]


def test_a_page_stays_below_a_megabyte() -> None:
    """Charts and texts that do not fit are left out, and the page says so."""
    answer = tuple(tuple(float(i * j) for i in range(256)) for j in range(64))
    many = [Heatmap(criterion="c", title=f"{i}", axes=("a", "b"), answer=answer) for i in range(20)]
    long = "y" * 10 * MEGABYTE
    errors = [CellError(cell=i, ename=long, evalue=long, traceback=long) for i in range(100)]
    crowded = report(
        *(verdict(id=f"c{i}", outcome="failed", points=0.0, feedback=long) for i in range(28)),
        LOST,
        name=long,
        notes=(long,) * 100,
        cell_errors=errors,
    )
    text = to_html(crowded, many)
    assert len(text.encode()) < MEGABYTE
    assert "more charts were left out" in text
    assert "more." in text


def test_a_traceback_keeps_its_lines() -> None:
    """A traceback keeps its line breaks, with control characters made visible."""
    error = CellError(cell=2, ename="E", evalue="e", traceback="line 2:\n  <b>\x1b[31m")
    page = Page(to_html(report(verdict(), cell_errors=(error,))))
    assert "line 2:\n  <b>\\u001b[31m" in page.text


def test_a_stub_is_no_error() -> None:
    """A cell that stops at a stub is not listed as an error."""
    stub = CellError(cell=2, ename="NotImplementedError", evalue="f")
    assert "Cells with errors" not in to_html(report(verdict(), cell_errors=(stub,)))


def test_a_fragment_has_no_script() -> None:
    """A fragment has style and charts, but no script and no document elements."""
    tags = Page(to_fragment(report(LOST), CHARTS)).tags
    assert {"script", "html", "head", "meta", "body"} & set(tags) == set()
    assert tags.count("svg") == len(CHARTS)


def test_hostile_text_adds_no_markup() -> None:
    """Hostile text adds no elements or attributes to a page with charts."""
    plain = Page(to_html(report_with("x"), [BARS.model_copy(update={"criterion": "scores"})]))
    for text in TEXTS:
        labels = BARS.model_copy(update={"criterion": "scores", "labels": (text, "b")})
        page = Page(to_html(report_with(text), [labels]))
        assert (page.tags, page.attributes) == (plain.tags, plain.attributes)
