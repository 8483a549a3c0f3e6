"""Converts Matplotlib figures to SVG elements that fit light and dark pages."""

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

from grader.files.escape import escape_line

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#8c8c8c"
"""Colours for colour-blind readers (Okabe and Ito 2008), distinct on white and on black."""
_TEXT_COLOUR = "#010203"
"""Placeholder that is replaced by the page's text colour in the SVG."""
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "grader",  # the same chart gives the same bytes
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": _TEXT_COLOUR,
    "text.parse_math": False,  # dollar signs in a student's text are not formulas
    "axes.labelcolor": _TEXT_COLOUR,
    "axes.edgecolor": _TEXT_COLOUR,
    "axes.titlecolor": _TEXT_COLOUR,
    "axes.titlesize": 10,
    "axes.linewidth": 0.6,
    "xtick.color": _TEXT_COLOUR,
    "ytick.color": _TEXT_COLOUR,
    "legend.frameon": False,
}
_POINTS_PER_INCH = 72
_PIXELS_PER_POINT = 1.45
_DEFAULT_STYLE = re.compile(r"\s*<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL)
"""Matplotlib's own style element, which would apply to the whole page."""
_settings_lock = Lock()
"""Serialises drawing: Matplotlib's settings are shared by all threads."""


def draw_svg(draw: Callable[[Figure], None], *, size: tuple[float, float], alt_text: str) -> Markup:
    """Draw a figure as an SVG element.

    Args:
        draw: Adds axes to an empty figure; texts are shown literally.
        size: Width and height in inches.
        alt_text: Description for screen readers.
    """
    with _settings_lock, rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # the browser has other fonts
        figure = Figure(figsize=size)
        FigureCanvasSVG(figure)
        draw(figure)
        out = io.StringIO()
        no_metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(out, format="svg", transparent=True, metadata=no_metadata)
    return Markup(_to_element(out.getvalue(), size, alt_text))  # noqa: S704 (matplotlib escapes texts)


def _to_element(document: str, size: tuple[float, float], alt_text: str) -> str:
    """Return the SVG element of a document, scalable and with alt text."""
    body = document[document.index("<svg") :]
    start = body.index(">") + 1
    width, height = (round(side * _POINTS_PER_INCH, 2) for side in size)
    tag = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'role="img" aria-label="{escape(escape_line(alt_text))}" '
        f'width="{width * _PIXELS_PER_POINT:g}" viewBox="0 0 {width:g} {height:g}">'
    )
    content = _DEFAULT_STYLE.sub("", body[start:], count=1)
    return tag + content.replace(_TEXT_COLOUR, "currentColor")
