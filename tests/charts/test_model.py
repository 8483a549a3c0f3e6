"""Pictures as they are kept."""

from grader.charts import Bars, Heatmap, Pattern, Picture, Tokens
from grader.charts.model import from_json, to_json

PICTURES: tuple[Picture, ...] = (
    Heatmap(
        criterion="c", title="t", axes=("layer", "head"), answer=((0.5, None),), marked=((0, 1),)
    ),
    Pattern(criterion="c", title="t", answer=((1.0, 0.0), (0.5, 0.5)), target=((1, 0),)),
    Bars(criterion="c", title="t", labels=("a",), answer=(1.0,), expected=(None,)),
    Tokens(criterion="c", title="t", answer=(1, 2)),
)


def test_pictures_come_back_as_they_were() -> None:
    """What is kept is all there is to draw from."""
    assert from_json(to_json(PICTURES)) == PICTURES


def test_what_was_not_kept_by_us_shows_nothing() -> None:
    """A damaged or foreign file costs the pictures, not the report."""
    for data in (b"", b"{}", b"[1]", b'[{"kind": "film"}]', b"\xff"):
        assert from_json(data) == ()
