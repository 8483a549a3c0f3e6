"""Serialization of chart data."""

from grader.charts import AttentionPattern, Bars, Chart, Heatmap, Tokens
from grader.charts.model import from_json, to_json

CHARTS: tuple[Chart, ...] = (
    Heatmap(
        criterion="c", title="t", axes=("layer", "head"), answer=((0.5, None),), marked=((0, 1),)
    ),
    AttentionPattern(criterion="c", title="t", answer=((1.0, 0.0), (0.5, 0.5)), target=((1, 0),)),
    Bars(criterion="c", title="t", labels=("a",), answer=(1.0,), expected=(None,)),
    Tokens(criterion="c", title="t", answer=(1, 2)),
)


def test_charts_survive_serialization() -> None:
    """Charts survive serialization unchanged."""
    assert from_json(to_json(CHARTS)) == CHARTS


def test_a_damaged_file_yields_no_charts() -> None:
    """A damaged or foreign file yields no charts and no error."""
    for data in (b"", b"{}", b"[1]", b'[{"kind": "film"}]', b"\xff"):
        assert from_json(data) == ()
