"""Pictures drawn for a page, as many as it has room for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from grader.pictures import Picture

if TYPE_CHECKING:
    from grader.render.drawing.panel import Panel

_ROOM = 700_000
"""Characters of all pictures of a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One picture on a page."""

    svg: Markup
    says: str
    caption: str
    panels: Sequence["Panel"]

    @property
    def data(self) -> list[dict[str, object]]:
        """Its matrices, for the page's script to read entries from."""
        return [{"name": p.name, "axes": p.axes, "values": p.values} for p in self.panels]


class Figures:
    """Draws pictures until a page is full."""

    def __init__(self, pictures: Sequence[Picture]) -> None:
        """Take the pictures; none is drawn before it is asked for."""
        self._pictures = pictures
        self._room = _ROOM
        self.left_out = 0
        """How many there was no room for."""

    def of(self, criteria: Iterable[str]) -> list[Figure]:
        """The pictures of some criteria.

        Args:
            criteria: Their ids.
        """
        wanted = set(criteria)
        chosen = [picture for picture in self._pictures if picture.criterion in wanted]
        return [figure for picture in chosen if (figure := self._drawn(picture))]

    def _drawn(self, picture: Picture) -> Figure | None:
        from grader.render.drawing import draw  # noqa: PLC0415 (matplotlib takes half a second)

        drawn = draw(picture)
        figure = Figure(svg=drawn.svg, says=drawn.says, caption=drawn.caption, panels=drawn.panels)
        size = len(drawn.svg) + len(str(figure.data))
        if size > self._room:
            self.left_out += 1
            return None
        self._room -= size
        return figure
