"""Sends the outputs of a notebook's cells to the grader: heatmaps as arrays, everything as text."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from grader.kernel import MIME
from grader.kernel.figure_data import MATPLOTLIB_MIME, MAX_HEATMAPS, heatmaps_of_output
from grader.protocol.encoding import pack
from grader.protocol.frames import Frame, FrameKind
from grader.protocol.values import ArrayValue

_MAX_TEXT = 2**20
_MAX_TOTAL_TEXT = 8 * 2**20
"""Maximum bytes of one text, and of all texts of a notebook; the total fits the pipe's cap."""
_MAX_OUTPUTS, _MAX_MIME_TYPES = 200, 20
"""Maximum outputs per cell, and MIME types per output."""
_GRADER_MIMES = frozenset({MIME, MATPLOTLIB_MIME})


class OutputSender:
    """Sends each cell's outputs once; outputs of a replayed cell are ignored."""

    def __init__(self, send_frame: Callable[[Frame], None]) -> None:
        """Create a sender.

        Args:
            send_frame: Called with each frame.
        """
        self._send_frame = send_frame
        self._sent_cells: set[int] = set()
        self._heatmaps = 0
        self._remaining = _MAX_TOTAL_TEXT

    def send(self, index: int, outputs: list[dict[str, Any]]) -> None:
        """Send a cell's outputs.

        Args:
            index: Index of the cell.
            outputs: The outputs as nbclient collected them.
        """
        if index in self._sent_cells:
            return
        self._sent_cells.add(index)
        for output in outputs:
            self._send_heatmaps(index, output)
        if outputs:
            payload = json.dumps([self._limited(output) for output in _to_texts(outputs)]).encode()
            self._send_frame(Frame(kind=FrameKind.OUTPUTS, header={"cell": index}, payload=payload))

    def _send_heatmaps(self, index: int, output: Mapping[str, Any]) -> None:
        for array in heatmaps_of_output(output.get("data")):
            if self._heatmaps < MAX_HEATMAPS:
                self._heatmaps += 1
                body = pack(ArrayValue(kind="ndarray", array=array))
                self._send_frame(
                    Frame(kind=FrameKind.HEATMAP, header={"cell": index}, payload=body)
                )

    def _limited(self, output: dict[str, Any]) -> dict[str, Any]:
        """Return the output with texts that are too long replaced by a note."""
        texts = {key: self._limited_text(value) for key, value in output["texts"].items()}
        return {"kind": output["kind"], "texts": texts}

    def _limited_text(self, text: str) -> str:
        encoded = text.encode("utf-8", "replace")
        if len(encoded) > min(_MAX_TEXT, self._remaining):
            return f"[left out: {len(encoded) / 2**20:.1f} MB]"
        self._remaining -= len(encoded)
        return encoded.decode()


def _to_texts(outputs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Reduce outputs to a kind and texts by name; displayed JSON stays text."""
    for output in outputs[:_MAX_OUTPUTS]:
        match output.get("output_type"):
            case "stream":
                name = "stderr" if output.get("name") == "stderr" else "stdout"
                yield {"kind": "stream", "texts": {name: _to_text(output.get("text"))}}
            case "error":
                parts = {name: _to_text(output.get(name)) for name in ("ename", "evalue")}
                trace = "\n".join(map(str, output.get("traceback") or ()))
                yield {"kind": "error", "texts": {**parts, "traceback": trace}}
            case "display_data" | "execute_result" as kind:
                yield {"kind": kind, "texts": _text_bundle(output.get("data"))}


def _text_bundle(data: Any) -> dict[str, str]:
    entries = list(data.items())[:_MAX_MIME_TYPES] if isinstance(data, dict) else ()
    return {
        str(mime)[:100]: _to_text(value) for mime, value in entries if mime not in _GRADER_MIMES
    }


def _to_text(value: Any) -> str:
    """Return a string as it is, a list of lines joined, and anything else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    try:
        return json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return ""
