"""Pictures as SVG in a page."""

import re
from xml.etree import ElementTree

import pytest

from grader.charts import Bars, Heatmap, Pattern, Picture, Tokens
from grader.render.charts import draw
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
PATTERN = Pattern(
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
PICTURES: tuple[Picture, ...] = (HEATMAP, PATTERN, BARS, TOKENS)


def kind(picture: Picture) -> str:
    """Which kind of picture it is."""
    return picture.kind


@pytest.mark.parametrize("picture", PICTURES, ids=kind)
def test_a_picture_is_one_element_in_the_page_s_colours(picture: Picture) -> None:
    """Well-formed, with a name for who does not see it; no style that would be the whole page's."""
    drawn = draw(picture)
    element = ElementTree.fromstring(str(drawn.svg))  # noqa: S314 (ours)
    assert element.tag.endswith("svg")
    assert element.get("role") == "img"
    assert element.get("aria-label") == drawn.says
    assert "currentColor" in drawn.svg
    assert "#010203" not in drawn.svg
    assert "<style" not in drawn.svg


@pytest.mark.parametrize("picture", PICTURES, ids=kind)
def test_the_same_picture_gives_the_same_bytes(picture: Picture) -> None:
    """Nothing of a drawing is the hour's or the machine's."""
    assert draw.__wrapped__(picture).svg == draw.__wrapped__(picture).svg


@pytest.mark.parametrize("picture", [HEATMAP, PATTERN], ids=kind)
def test_every_panel_is_one_image(picture: Picture) -> None:
    """The page's script reads the entries of the panel whose image is pointed at."""
    drawn = draw(picture)
    images = re.findall(r"<image[^>]*?id=\"(\w+)\"", drawn.svg)
    assert len([name for name in images if not name.startswith("scale")]) == len(drawn.panels) > 1


def test_what_differs_most_is_said() -> None:
    """In the lab's words; where there is no number there is no difference."""
    drawn = draw(HEATMAP)
    assert drawn.caption == "Scores. Farthest apart at L0H1: yours 0.5, expected 0.9."
    assert drawn.panels[2].values == ((0.0, -0.4), (None, 0.0))
    alike = HEATMAP.model_copy(update={"expected": HEATMAP.answer})
    assert draw(alike).caption == "Scores: equal to what is expected."
    empty = HEATMAP.model_copy(update={"answer": ((None, None),) * 2})
    assert "no numbers to compare" in draw(empty).caption


def test_a_matrix_of_another_shape_has_no_difference() -> None:
    """Both are shown, and how large each is."""
    drawn = draw(HEATMAP.model_copy(update={"answer": ((1.0,),)}))
    assert drawn.caption == "Scores: yours 1 by 1 and expected 2 by 2."
    assert [panel.name for panel in drawn.panels] == ["yours", "expected"]
    alone = draw(HEATMAP.model_copy(update={"expected": None}))
    assert [panel.name for panel in alone.panels] == ["yours"]


def test_a_pattern_says_what_falls_on_the_targets() -> None:
    """Of the student's head and of the one to be found."""
    said = "Into the squares falls 25% of the attention of L4H9, and 50% of L6H1's."
    assert said in draw(PATTERN).caption
    assert "falls nothing" in draw(PATTERN.model_copy(update={"target": ()})).caption


def test_bars_are_said_in_full_to_who_does_not_see_them() -> None:
    """Every number, with a word where there is none."""
    assert draw(BARS).says == (
        "Loss. before: yours 0.5, expected 0.5; after: yours no number, expected 11."
    )
    alone = draw(BARS.model_copy(update={"expected": None}))
    assert alone.says == "Loss. before: yours 0.5; after: yours no number."


def test_tokens_that_repeat_are_counted() -> None:
    """The second half against the first."""
    assert "4 tokens; 1 of 2 in the lower row equal the one above." in draw(TOKENS).caption


@pytest.mark.parametrize("text", [*TEXTS, "$x^2$ \\frac", "中文 π"])
def test_a_student_s_text_is_text_in_a_picture(text: str) -> None:
    """Keys of a student's dict label bars: they are no markup, no formula, and obey nothing."""
    drawn = draw(Bars(criterion="c", title="Loss", labels=(text, "b"), answer=(1.0, 2.0)))
    plain = draw(Bars(criterion="c", title="Loss", labels=("a", "b"), answer=(1.0, 2.0)))
    assert shape(drawn.svg) == shape(plain.svg)
    assert obeyed(str(drawn.svg)) == []


def shape(svg: str) -> list[str]:
    """Which elements it has."""
    return [element.tag for element in ElementTree.fromstring(svg).iter()]  # noqa: S314 (ours)
