"""Draws the charts of a report as SVG elements that take their text colour from the page.

Begin with `render_chart`. Each kind of chart has a module with its drawing and its alt text.
"""

from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup

from grader.charts import AttentionPattern, Bars, Chart, Heatmap, Tokens
from grader.render.charts import attention_pattern, bars, heatmap, tokens
from grader.render.charts.matrix_panel import Panel


class RenderedChart(NamedTuple):
    """A chart as a page shows it."""

    svg: Markup
    panels: tuple[Panel, ...]
    """The chart's matrices, in the order of the images in the SVG."""
    alt_text: str
    caption: str

    @property
    def panel_data(self) -> list[dict[str, object]]:
        """The matrices as JSON values, from which the page's script reads entries."""
        return [{"name": p.name, "axes": p.axes, "values": p.values} for p in self.panels]


@lru_cache(maxsize=256)
def render_chart(chart: Chart) -> RenderedChart:
    """Draw a chart; charts that many students share are drawn once."""
    match chart:
        case Heatmap():
            text = heatmap.alt_text(chart)
            return RenderedChart(heatmap.draw(chart), heatmap.panels(chart), text, text)
        case AttentionPattern():
            text = attention_pattern.alt_text(chart)
            panels = attention_pattern.panels(chart)
            return RenderedChart(attention_pattern.draw(chart), panels, text, text)
        case Bars():  # the numbers are written on the bars, so the caption need not repeat them
            return RenderedChart(bars.draw(chart), (), bars.alt_text(chart), chart.title)
        case Tokens():
            text = tokens.alt_text(chart)
            return RenderedChart(tokens.draw(chart), (), text, text)
