"""Collects the driver's messages into the result of a run. Only validated values are trusted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from grader.execution.cell_outputs import student_traceback
from grader.protocol.encoding import unpack
from grader.protocol.frames import Frame, FrameKind
from grader.protocol.json_fields import UnreadableError
from grader.protocol.values import ArrayValue, Failure, Observation, SequenceValue

_MAX_CELLS = 5000
_MAX_HEATMAPS = 64
_MAX_OUTPUT_BYTES = 10 * 2**20
"""Maximum size of the outputs of all cells together, as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellOutcome:
    """The outcome of one cell."""

    index: int
    status: str
    seconds: float
    ename: str = ""
    evalue: str = ""
    limit: str = ""
    """The limit that stopped the cell: ``cell`` or ``notebook``."""
    traceback: str = ""
    """Traceback of the cell's error, limited to the notebook's own frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """The result of running a submission: observations, not verdicts."""

    environment: Mapping[str, Any]
    cells: tuple[CellOutcome, ...]
    observations: Mapping[str, Observation]
    """Each probe's observation, by the probe's name."""
    seconds: Mapping[str, float]
    """Each probe's duration, by the probe's name."""
    heatmaps: SequenceValue
    outputs: Mapping[int, bytes] = field(default_factory=dict)
    """Each cell's outputs, by the cell's index; not parsed, see `grader.execution.cell_outputs`."""
    complete: bool
    """True if the driver reached its end."""
    isolation: str = "none"
    """Name of the sandbox's backend."""
    limit_exceeded: str = ""
    """The limit on the whole run that was exceeded, with the amount; empty if none was."""
    killed_externally: bool = False
    """True if something other than the grader and the notebook ended the driver."""


@dataclass(slots=True)
class ResultCollector:
    """Collects messages of the driver, one at a time."""

    environment: dict[str, Any] = field(default_factory=dict)
    cells: list[CellOutcome] = field(default_factory=list)
    observations: dict[str, Observation] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    heatmaps: list[ArrayValue] = field(default_factory=list)
    outputs: dict[int, bytes] = field(default_factory=dict)
    error_message: str = ""
    """The driver's message if no kernel could be started."""
    done: bool = False

    def add(self, frame: Frame, pending_probe: str | None) -> None:
        """Add a message. Only the first answer to the pending probe counts."""
        head = frame.header
        match frame.kind:
            case FrameKind.ENVIRONMENT if not self.environment:
                self.environment = {str(key)[:40]: _sanitize(value) for key, value in head.items()}
            case FrameKind.CELL if len(self.cells) < _MAX_CELLS:
                self.cells.append(_cell_outcome(head))
            case FrameKind.OBSERVATION if pending_probe and head.get("probe") == pending_probe:
                self.observations.setdefault(pending_probe, _decode_observation(frame.payload))
                self.seconds[pending_probe] = _finite_or_zero(head.get("seconds"))
            case FrameKind.ERROR:
                self.error_message = " ".join(str(head.get("message")).split())[:2000]
            case FrameKind.DONE:
                self.done = True
            case _:
                self._add_display(frame)

    def _add_display(self, frame: Frame) -> None:
        """Add what a cell displayed, within limits."""
        match frame.kind:
            case FrameKind.HEATMAP if len(self.heatmaps) < _MAX_HEATMAPS:
                heatmap = _decode_observation(frame.payload)
                if isinstance(heatmap, ArrayValue):
                    self.heatmaps.append(heatmap)
            case FrameKind.OUTPUTS if self._fits(frame.payload):
                cell = int(_finite_or_zero(frame.header.get("cell")))
                self.outputs.setdefault(cell, frame.payload)
            case _:
                pass

    def _fits(self, payload: bytes) -> bool:
        size = sum(map(len, self.outputs.values()))
        return size + len(payload) <= _MAX_OUTPUT_BYTES and len(self.outputs) < _MAX_CELLS

    def _with_traceback(self, cell: CellOutcome) -> CellOutcome:
        if cell.status != "error":
            return cell
        return replace(cell, traceback=student_traceback(self.outputs.get(cell.index, b"[]")))

    def finish(
        self, *, isolation: str, limit_exceeded: str, killed_externally: bool = False
    ) -> RunResult:
        """Return the result, once the stream has ended."""
        return RunResult(
            environment=self.environment,
            cells=tuple(self._with_traceback(cell) for cell in self.cells),
            observations=self.observations,
            seconds=self.seconds,
            heatmaps=SequenceValue(kind="figure", items=tuple(self.heatmaps)),
            outputs=self.outputs,
            complete=self.done,
            isolation=isolation,
            limit_exceeded=limit_exceeded,
            killed_externally=killed_externally,
        )


def _cell_outcome(head: Mapping[str, Any]) -> CellOutcome:
    return CellOutcome(
        index=int(_finite_or_zero(head.get("cell"))),
        status=str(head.get("status"))[:20],
        seconds=_finite_or_zero(head.get("seconds")),
        ename=str(head.get("ename") or "")[:60],
        evalue=str(head.get("evalue") or "")[:300],
        limit=str(head.get("limit") or "")[:20],
    )


def _decode_observation(payload: bytes) -> Observation:
    try:
        return unpack(payload)
    except UnreadableError as error:
        return Failure(kind="unreadable", message=str(error))


def _sanitize(value: object) -> str | dict[str, int]:
    """Return short text or small numbers, and nothing else."""
    if isinstance(value, dict):
        items = list(value.items())[:20]
        return {str(key)[:40]: int(_finite_or_zero(number)) for key, number in items}
    return str(value)[:120]


def _finite_or_zero(value: object) -> float:
    """Return a number, or 0 instead of NaN, an infinity, a huge number or anything else."""
    is_sane = isinstance(value, int | float) and abs(value) < 1e12  # noqa: PLR2004 (30 000 years)
    return float(value) if is_sane and isinstance(value, int | float) else 0.0
