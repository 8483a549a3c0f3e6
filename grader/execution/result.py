"""What came through the pipe, made into what was seen. Nothing of it is believed but values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from grader.execution.outputs import traceback_of
from grader.protocol.encoding import UnreadableError, unpack
from grader.protocol.frames import Frame, FrameKind
from grader.protocol.values import Failure, Group, Numbers, Observation

_MAX_CELLS = 5000
_MAX_HEATMAPS = 64
_MAX_OUTPUTS = 10 * 2**20
"""Bytes of what all cells displayed, as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellOutcome:
    """What became of one cell."""

    index: int
    status: str
    seconds: float
    ename: str = ""
    evalue: str = ""
    limit: str = ""
    """Which limit stopped it: ``cell`` or ``notebook``."""
    traceback: str = ""
    """Where in the notebook's code its error was raised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What running a submission gave: no verdict, only what was seen."""

    environment: Mapping[str, Any]
    cells: tuple[CellOutcome, ...]
    observations: Mapping[str, Observation]
    seconds: Mapping[str, float]
    """Probe name to how long it took."""
    heatmaps: Group
    outputs: Mapping[int, bytes] = field(default_factory=dict)
    """What cells displayed, by their index: unread, see `grader.execution.outputs`."""
    complete: bool
    """Whether the driver reached its end."""
    isolation: str = "none"
    """What kept it from everything else: a backend's name."""
    overrun: str = ""
    """Which limit on the whole run was passed, with its amount; empty when none was."""
    lost: bool = False
    """Whether the driver was ended by something that is neither ours nor the notebook's."""


@dataclass(slots=True)
class Gathering:
    """Frames so far, taken in one at a time."""

    environment: dict[str, Any] = field(default_factory=dict)
    cells: list[CellOutcome] = field(default_factory=list)
    observations: dict[str, Observation] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    heatmaps: list[Numbers] = field(default_factory=list)
    outputs: dict[int, bytes] = field(default_factory=dict)
    trouble: str = ""
    done: bool = False

    def take(self, frame: Frame, asked: str | None) -> None:
        """Take in a frame; an answer counts once, and only to what was asked."""
        head = frame.head
        match frame.kind:
            case FrameKind.ENVIRONMENT if not self.environment:
                self.environment = {str(key)[:40]: _plain(value) for key, value in head.items()}
            case FrameKind.CELL if len(self.cells) < _MAX_CELLS:
                self.cells.append(_cell(head))
            case FrameKind.OBSERVATION if asked is not None and head.get("probe") == asked:
                self.observations.setdefault(asked, _read(frame.payload))
                self.seconds[asked] = _number(head.get("seconds"))
            case FrameKind.TROUBLE:
                self.trouble = " ".join(str(head.get("message")).split())[:2000]
            case FrameKind.DONE:
                self.done = True
            case _:
                self._show(frame)

    def _show(self, frame: Frame) -> None:
        """Take in what a cell displayed, within measure."""
        match frame.kind:
            case FrameKind.HEATMAP if len(self.heatmaps) < _MAX_HEATMAPS:
                heatmap = _read(frame.payload)
                if isinstance(heatmap, Numbers):
                    self.heatmaps.append(heatmap)
            case FrameKind.OUTPUTS if self._fits(frame.payload):
                self.outputs.setdefault(int(_number(frame.head.get("cell"))), frame.payload)
            case _:
                pass

    def _fits(self, payload: bytes) -> bool:
        held = sum(map(len, self.outputs.values()))
        return held + len(payload) <= _MAX_OUTPUTS and len(self.outputs) < _MAX_CELLS

    def _traced(self, cell: CellOutcome) -> CellOutcome:
        if cell.status != "error":
            return cell
        return replace(cell, traceback=traceback_of(self.outputs.get(cell.index, b"[]")))

    def execution(self, *, isolation: str, overrun: str, lost: bool = False) -> Execution:
        """All of it, once the stream has ended."""
        return Execution(
            environment=self.environment,
            cells=tuple(self._traced(cell) for cell in self.cells),
            observations=self.observations,
            seconds=self.seconds,
            heatmaps=Group(kind="figure", items=tuple(self.heatmaps)),
            outputs=self.outputs,
            complete=self.done,
            isolation=isolation,
            overrun=overrun,
            lost=lost,
        )


def _cell(head: Mapping[str, Any]) -> CellOutcome:
    return CellOutcome(
        index=int(_number(head.get("cell"))),
        status=str(head.get("status"))[:20],
        seconds=_number(head.get("seconds")),
        ename=str(head.get("ename") or "")[:60],
        evalue=str(head.get("evalue") or "")[:300],
        limit=str(head.get("limit") or "")[:20],
    )


def _read(payload: bytes) -> Observation:
    try:
        return unpack(payload)
    except UnreadableError as error:
        return Failure(kind="unreadable", message=str(error))


def _plain(value: object) -> str | dict[str, int]:
    """Short text or small numbers, nothing else."""
    if isinstance(value, dict):
        return {str(key)[:40]: int(_number(number)) for key, number in list(value.items())[:20]}
    return str(value)[:120]


def _number(value: object) -> float:
    """A sane number, or nought: NaN, infinities and giants are none."""
    sane = isinstance(value, int | float) and abs(value) < 1e12  # noqa: PLR2004 (30 000 years)
    return float(value) if sane and isinstance(value, int | float) else 0.0
