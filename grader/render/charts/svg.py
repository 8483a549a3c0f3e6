"""A figure of matplotlib's made into SVG for a page, in light and dark alike."""

import io
import re
import warnings
from collections.abc import Callable
from html import escape
from threading import Lock
from typing import Any

from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from grader.render.escape import line

_INK = "#010203"
"""Stands for the page's own colour of text until the figure is SVG."""
FIRST, SECOND, THIRD = "#0072b2", "#d55e00", "#8c8c8c"
"""Colours that people who see few of them tell apart too (Okabe and Ito), on white and on black."""
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "grader",  # the same picture gives the same bytes
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": _INK,
    "text.parse_math": False,  # a student's dollar sign is no formula
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "axes.titlecolor": _INK,
    "axes.titlesize": 10,
    "axes.linewidth": 0.6,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "legend.frameon": False,
}
_INCH = 72
_SCALE = 1.45
_DEFAULTS = re.compile(r"\s*<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL)
"""A style that would be the whole page's."""
_alone = Lock()
"""Matplotlib's settings are one for all threads."""


def svg(draw: Callable[[Figure], None], *, size: tuple[float, float], says: str) -> Markup:
    """Draw a figure as an SVG element.

    Args:
        draw: Puts axes on an empty figure; texts are shown as they are.
        size: Width and height in inches.
        says: What is to be seen, for who does not see it.
    """
    with _alone, rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # the browser has other fonts
        figure = Figure(figsize=size)
        FigureCanvasSVG(figure)
        draw(figure)
        out = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(out, format="svg", transparent=True, metadata=nothing)
    return Markup(_element(out.getvalue(), size, says))  # noqa: S704 (matplotlib escapes texts)


def _element(text: str, size: tuple[float, float], says: str) -> str:
    """The element alone, as wide as its page lets it, with a name of its own."""
    body = text[text.index("<svg") :]
    start = body.index(">") + 1
    width, height = (round(side * _INCH, 2) for side in size)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'role="img" aria-label="{escape(line(says))}" width="{width * _SCALE:g}" '
        f'viewBox="0 0 {width:g} {height:g}">'
    )
    inner = _DEFAULTS.sub("", body[start:], count=1)
    return head + inner.replace(_INK, "currentColor")
