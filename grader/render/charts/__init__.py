"""Pictures as SVG that stands in a page: its text and lines take the page's colours."""

from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup

from grader.charts import Bars, Heatmap, Pattern, Picture, Tokens
from grader.render.charts import attention_pattern as pattern
from grader.render.charts import bars, heatmap, tokens
from grader.render.charts.matrix_panel import Panel


class Drawn(NamedTuple):
    """A picture as a page shows it."""

    svg: Markup
    panels: tuple[Panel, ...]
    """The matrices in it, in the order of its images, to be read entry by entry."""
    says: str
    """What is to be seen, for who does not see it."""
    caption: str
    """What stands below it."""


@lru_cache(maxsize=256)
def draw(picture: Picture) -> Drawn:
    """Draw a picture; the same one, of many students, is drawn once.

    Args:
        picture: Its numbers.
    """
    match picture:
        case Heatmap():
            said = heatmap.says(picture)
            return Drawn(heatmap.draw(picture), heatmap.panels(picture), said, said)
        case Pattern():
            said = pattern.says(picture)
            return Drawn(pattern.draw(picture), pattern.panels(picture), said, said)
        case Bars():  # its numbers are written on it
            return Drawn(bars.draw(picture), (), bars.says(picture), picture.title)
        case Tokens():
            said = tokens.says(picture)
            return Drawn(tokens.draw(picture), (), said, said)
