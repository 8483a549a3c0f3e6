"""The matrices behind figures that cells display, with either plotting library."""

import base64
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.execution.job import CellSpec, Job
from grader.execution.result import RunResult
from grader.execution.run import run_job
from grader.kernel.figure_data import MATPLOTLIB_MIME, PLOTLY_MIME, heatmaps_of_output
from grader.protocol.frames import FrameKind
from grader.protocol.values import ArrayValue
from grader.rubric.sections import Limits

pytestmark = pytest.mark.kernel

M = np.arange(6.0).reshape(2, 3)
START = """
import sys
assert "matplotlib" not in sys.modules, "it has not been imported yet"
import numpy as np
m = np.arange(6.0).reshape(2, 3)
"""
CELLS: dict[str, tuple[str, list[Any]]] = {
    "left open, no magic": ("import matplotlib.pyplot as plt\nplt.imshow(m)", [M]),
    "shown": ("%matplotlib inline\nplt.imshow(m + 1); plt.show()", [M + 1]),
    "matshow": ("plt.matshow(m + 2)", [M + 2]),
    "axes": ("fig, ax = plt.subplots(); ax.imshow(m + 3, origin='lower')", [M + 3]),
    "mesh": ("plt.subplots()[1].pcolormesh(m + 4); plt.gca().invert_yaxis()", [M + 4]),
    "three": (
        "fig, axes = plt.subplots(1, 3)\n"
        "for i, ax in enumerate(axes): ax.imshow(m + 5 + i)\n"
        "plt.tight_layout(); plt.show()",
        [M + 5, M + 6, M + 7],
    ),
    "colour bars": ("plt.pcolormesh(m + 8); plt.colorbar(); plt.show()", [M + 8]),
    "shown twice": ("fig, ax = plt.subplots(); ax.imshow(m + 9); fig", [M + 9]),
    "two alike": ("for _ in range(2): plt.imshow(m + 10); plt.show()", [M + 10, M + 10]),
    "masked": (
        "plt.imshow(np.ma.masked_less(m.astype(int), 2)); plt.show()",
        [[[np.nan, np.nan, 2], [3, 4, 5]]],
    ),
    "torch": ("import torch\nplt.imshow(torch.ones(2, 2)); plt.show()", [np.ones((2, 2))]),
    "saved only": ("plt.imshow(m); plt.savefig('x.png'); plt.close()", []),
    "colours": ("plt.imshow(np.zeros((4, 5, 3))); plt.show()", []),
    "a line": ("plt.plot([1, 2]); plt.bar([1], [2]); plt.scatter([1], [2])", []),
    "too large": ("plt.imshow(np.zeros((400, 400)))", []),
    "plotly": ("import plotly.express as px\npx.imshow(m + 11).show()", [M + 11]),
    "broken": (
        "broken = {'axes': property(lambda self: 1 / 0)}\n"
        "plt.figure().__class__ = type('Broken', (plt.Figure,), broken)",
        [],
    ),
}


def job(*sources: str) -> Job:
    """Return a job with these cells."""
    cells = tuple(CellSpec(index=i, source=s, definitions="") for i, s in enumerate(sources))
    return Job(
        cells=cells,
        probes=(),
        recordings={},
        limits=Limits(),
        model="generic-1x1",
        device="cpu",
        seed=0,
    )


def heatmaps_of(execution: RunResult) -> list[NDArray[Any]]:
    """Return the heatmaps, in order."""
    return [item.array for item in execution.heatmaps.items if isinstance(item, ArrayValue)]


@pytest.fixture(scope="module")
def by_cell() -> dict[str, list[NDArray[Any]]]:
    """The heatmaps of each cell, by the cell index of their frames."""
    indices: list[int] = []
    execution = run_job(
        job(START, *(cell for cell, _ in CELLS.values())),
        lambda frame: (
            indices.append(frame.header["cell"]) if frame.kind is FrameKind.HEATMAP else None
        ),
    )
    assert [cell.ename for cell in execution.cells[:-1]] == [""] * len(CELLS)
    heatmaps = heatmaps_of(execution)
    assert len(heatmaps) == len(indices)
    return {
        name: [h for h, cell in zip(heatmaps, indices, strict=True) if cell == i]
        for i, name in enumerate(CELLS, 1)
    }


@pytest.mark.parametrize("name", CELLS)
def test_displayed_figures_are_found(by_cell: dict[str, list[NDArray[Any]]], name: str) -> None:
    """Each visible figure counts once, with its matrix unchanged."""
    expected = CELLS[name][1]
    assert len(by_cell[name]) == len(expected)
    for heatmap, matrix in zip(by_cell[name], expected, strict=True):
        assert np.array_equal(heatmap, matrix, equal_nan=True)


def test_order_and_maximum_hold_across_libraries() -> None:
    """Heatmaps come in the order of the cells, and at most 32 are kept."""
    cells = [
        "import numpy as np, matplotlib.pyplot as plt, plotly.express as px",
        "px.imshow(np.full((2, 2), 0)).show()",
        "for i in range(1, 5): plt.imshow(np.full((2, 2), i)); plt.show()",
        "for ax in plt.subplots(6, 6)[1].flat: ax.imshow(np.full((2, 2), 5))",
    ]
    values = [heatmap[0, 0] for heatmap in heatmaps_of(run_job(job(*cells)))]
    assert values == [0, 1, 2, 3, 4] + [5] * 27


def test_other_backends_display_nothing() -> None:
    """A notebook that selects another matplotlib backend displays no figures."""
    cells = [
        "import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt",
        "fig, ax = plt.subplots(); ax.imshow([[1, 2]]); fig",
    ]
    assert heatmaps_of(run_job(job(*cells))) == []


def z(**changes: Any) -> dict[str, Any]:
    """Return a matrix as plotly writes it, with some entries changed."""
    plain = {"dtype": "f8", "bdata": base64.b64encode(M.tobytes()).decode(), "shape": "2, 3"}
    return {**plain, **changes}


@pytest.mark.parametrize(
    "bundle",
    [
        None,
        [],
        "x",
        {"data": 3},
        {"data": [3, None, {"type": ["heatmap"], "z": z()}]},
        {"data": [{"type": "heatmap"}]},
        {"data": [{"type": "heatmap", "z": z(dtype="O")}]},
        {"data": [{"type": "heatmap", "z": z(dtype=["f8"])}]},
        {"data": [{"type": "heatmap", "z": z(bdata="%")}]},
        {"data": [{"type": "heatmap", "z": z(bdata=7)}]},
        {"data": [{"type": "heatmap", "z": z(shape="4, 4")}]},
        {"data": [{"type": "heatmap", "z": z(shape=f"{10**30}, 1")}]},
        {"data": [{"type": "heatmap", "z": z(shape="6")}]},
        {"data": [{"type": "heatmap", "z": [[1, 2], [3]]}]},
        {"data": [{"type": "heatmap", "z": [[10**400]]}]},
    ],
)
@pytest.mark.parametrize("mime", [PLOTLY_MIME, MATPLOTLIB_MIME])
def test_malformed_bundles_are_dropped(bundle: Any, mime: str) -> None:
    """A student's process can send anything; what is not a matrix is dropped."""
    good = {"data": [{"type": "heatmap", "z": z()}]}
    assert heatmaps_of_output({"image/png": "", mime: bundle}) == []
    assert len(heatmaps_of_output({"image/png": "", mime: good})) == 1


@pytest.mark.parametrize("data", [None, [], "x", {3: 4}, {MATPLOTLIB_MIME: {"data": [z()]}}])
def test_data_without_an_image_is_dropped(data: Any) -> None:
    """Data without an image was not displayed by the kernel's formatter and is dropped."""
    assert heatmaps_of_output(data) == []
