"""What a notebook's cells displayed, sent to the grader once: heatmaps as data, all as text."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from grader.kernel import MIME
from grader.kernel.figure_data import MATPLOTLIB_MIME, MAX_HEATMAPS, heatmaps_of_output
from grader.protocol.encoding import pack
from grader.protocol.frames import Frame, FrameKind
from grader.protocol.values import Numbers

_LONGEST = 2**20
_ROOM = 8 * 2**20
"""Characters of one text, and of all texts of a notebook: they fit the cap on the pipe."""
_MOST, _FORMS = 200, 20
"""Outputs of a cell, and forms that one of them comes in."""
_OURS = frozenset({MIME, MATPLOTLIB_MIME})


class Outputs:
    """Sends what cells displayed; a cell that runs again shows nothing new."""

    def __init__(self, send: Callable[[Frame], None]) -> None:
        """Take where frames go."""
        self._send = send
        self._shown: set[int] = set()
        self._heatmaps = 0
        self._room = _ROOM

    def show(self, index: int, outputs: list[dict[str, Any]]) -> None:
        """Send a cell's outputs.

        Args:
            index: The cell's.
            outputs: As nbclient gathered them.
        """
        if index in self._shown:
            return
        self._shown.add(index)
        for output in outputs:
            self._draw(index, output)
        if outputs:
            payload = json.dumps([self._fitting(output) for output in _plain(outputs)]).encode()
            self._send(Frame(kind=FrameKind.OUTPUTS, head={"cell": index}, payload=payload))

    def _draw(self, index: int, output: Mapping[str, Any]) -> None:
        for array in heatmaps_of_output(output.get("data")):
            if self._heatmaps < MAX_HEATMAPS:
                self._heatmaps += 1
                body = pack(Numbers(kind="ndarray", array=array))
                self._send(Frame(kind=FrameKind.HEATMAP, head={"cell": index}, payload=body))

    def _fitting(self, output: dict[str, Any]) -> dict[str, Any]:
        """An output with what is too long replaced by a word about it."""
        fitting = {key: self._text(value) for key, value in output["texts"].items()}
        return {"kind": output["kind"], "texts": fitting}

    def _text(self, text: str) -> str:
        valid = text.encode("utf-8", "replace")
        if len(valid) > min(_LONGEST, self._room):
            return f"[left out: {len(valid) / 2**20:.1f} MB]"
        self._room -= len(valid)
        return valid.decode()


def _plain(outputs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Outputs as a kind and texts by name; JSON that is displayed stays text."""
    for output in outputs[:_MOST]:
        match output.get("output_type"):
            case "stream":
                name = "stderr" if output.get("name") == "stderr" else "stdout"
                yield {"kind": "stream", "texts": {name: _joined(output.get("text"))}}
            case "error":
                parts = {name: _joined(output.get(name)) for name in ("ename", "evalue")}
                trace = "\n".join(map(str, output.get("traceback") or ()))
                yield {"kind": "error", "texts": {**parts, "traceback": trace}}
            case "display_data" | "execute_result" as kind:
                yield {"kind": kind, "texts": _bundle(output.get("data"))}


def _bundle(data: Any) -> dict[str, str]:
    known = list(data.items())[:_FORMS] if isinstance(data, dict) else ()
    return {str(mime)[:100]: _joined(value) for mime, value in known if mime not in _OURS}


def _joined(value: Any) -> str:
    """A text, or its lines put together, or what is no text as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    try:
        return json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return ""
