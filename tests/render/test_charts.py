"""Charts rendered as SVG elements of a page."""

import re
from xml.etree import ElementTree

import pytest

from grader.charts import AttentionPattern, Bars, Chart, Heatmap, Tokens
from grader.render.charts import render_chart
from tests.render.hostile import TEXTS, obeyed

LAYERS = ("layer", "head")
HEATMAP = Heatmap(
    criterion="c",
    title="Scores",
    axes=LAYERS,
    answer=((0.0, 0.5), (None, 1.0)),
    expected=((0.0, 0.9), (0.1, 1.0)),
    marked=((0, 1), (7, 7)),
)
PATTERN = AttentionPattern(
    criterion="c",
    title="Top head",
    name="L4H9",
    answer=((1.0, 0.0), (0.25, 0.75)),
    expected_name="L6H1",
    expected=((1.0, 0.0), (0.5, 0.5)),
    target=((1, 0),),
)
BARS = Bars(
    criterion="c", title="Loss", labels=("before", "after"), answer=(0.5, None), expected=(0.5, 11)
)
TOKENS = Tokens(criterion="c", title="Tokens", answer=(5, 6, 5, 7))
CHARTS: tuple[Chart, ...] = (HEATMAP, PATTERN, BARS, TOKENS)


def kind(chart: Chart) -> str:
    """Return the kind of a chart, as a test id."""
    return chart.kind


@pytest.mark.parametrize("chart", CHARTS, ids=kind)
def test_a_chart_is_one_accessible_element(chart: Chart) -> None:
    """A chart is well-formed SVG with alt text and without a style of its own."""
    rendered = render_chart(chart)
    element = ElementTree.fromstring(str(rendered.svg))  # noqa: S314 (ours)
    assert element.tag.endswith("svg")
    assert element.get("role") == "img"
    assert element.get("aria-label") == rendered.alt_text
    assert "currentColor" in rendered.svg
    assert "#010203" not in rendered.svg
    assert "<style" not in rendered.svg


@pytest.mark.parametrize("chart", CHARTS, ids=kind)
def test_rendering_is_deterministic(chart: Chart) -> None:
    """Rendering does not depend on the time or the machine."""
    assert render_chart.__wrapped__(chart).svg == render_chart.__wrapped__(chart).svg


@pytest.mark.parametrize("chart", [HEATMAP, PATTERN], ids=kind)
def test_every_panel_is_one_image(chart: Chart) -> None:
    """Each panel is one image, so that the page's script can match them."""
    rendered = render_chart(chart)
    images = re.findall(r"<image[^>]*?id=\"(\w+)\"", rendered.svg)
    assert (
        len([name for name in images if not name.startswith("scale")]) == len(rendered.panels) > 1
    )


def test_the_largest_difference_is_named() -> None:
    """The caption names the largest difference; missing numbers have none."""
    rendered = render_chart(HEATMAP)
    assert rendered.caption == "Scores. Largest difference at L0H1: yours 0.5, expected 0.9."
    assert rendered.panels[2].values == ((0.0, -0.4), (None, 0.0))
    equal = HEATMAP.model_copy(update={"expected": HEATMAP.answer})
    assert render_chart(equal).caption == "Scores: equal to the expected values."
    empty = HEATMAP.model_copy(update={"answer": ((None, None),) * 2})
    assert "no numbers to compare" in render_chart(empty).caption


def test_a_matrix_of_another_shape_has_no_difference() -> None:
    """Matrices of different shapes are shown with their sizes and without a difference."""
    rendered = render_chart(HEATMAP.model_copy(update={"answer": ((1.0,),)}))
    assert rendered.caption == "Scores: yours 1 by 1 and expected 2 by 2."
    assert [panel.name for panel in rendered.panels] == ["yours", "expected"]
    alone = render_chart(HEATMAP.model_copy(update={"expected": None}))
    assert [panel.name for panel in alone.panels] == ["yours"]


def test_a_pattern_names_the_attention_on_its_targets() -> None:
    """The caption gives the mean attention on the targets, of both heads."""
    text = "L4H9 puts 25% of its attention on the framed positions; L6H1 puts 50%."
    assert text in render_chart(PATTERN).caption
    assert (
        "L4H9 puts none of its attention"
        in render_chart(PATTERN.model_copy(update={"target": ()})).caption
    )


def test_the_alt_text_of_bars_lists_every_number() -> None:
    """The alt text lists every number, and marks missing ones."""
    assert render_chart(BARS).alt_text == (
        "Loss. before: yours 0.5, expected 0.5; after: yours no number, expected 11."
    )
    alone = render_chart(BARS.model_copy(update={"expected": None}))
    assert alone.alt_text == "Loss. before: yours 0.5; after: yours no number."


def test_tokens_that_repeat_are_counted() -> None:
    """The caption counts the tokens of the second half that repeat the first."""
    assert (
        "4 tokens; 1 of 2 in the lower row equal the token above." in render_chart(TOKENS).caption
    )


@pytest.mark.parametrize("text", [*TEXTS, "$x^2$ \\frac", "中文 π"])
def test_labels_of_a_student_are_plain_text(text: str) -> None:
    """Labels from a student's dict are no markup, no formula and no control characters."""
    rendered = render_chart(
        Bars(criterion="c", title="Loss", labels=(text, "b"), answer=(1.0, 2.0))
    )
    innocent = render_chart(Bars(criterion="c", title="Loss", labels=("a", "b"), answer=(1.0, 2.0)))
    assert elements(rendered.svg) == elements(innocent.svg)
    assert obeyed(str(rendered.svg)) == []


def elements(svg: str) -> list[str]:
    """Return the tags of an SVG's elements."""
    return [element.tag for element in ElementTree.fromstring(svg).iter()]  # noqa: S314 (ours)
