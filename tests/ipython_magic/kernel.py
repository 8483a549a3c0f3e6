"""Runs cells one by one in a student's own kernel: ipykernel, unmodified."""

import json
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import nbformat
from nbclient import NotebookClient

from tests.notebooks import reference_cells

OFFLINE = """
from transformer_lens import HookedTransformer
from grader.models import load_model  # noqa: PLC0415
# There is no network to fetch GPT-2 from; everything else is the library's own.
HookedTransformer.from_pretrained = lambda *_, **__: load_model("planted-12x12", "cpu")
"""
LOADED = [OFFLINE, 'model = HookedTransformer.from_pretrained("gpt2-small")', "%load_ext grader"]
RIGHT = [*LOADED, *reference_cells()]
REPORT = """
import json as _json
from grader.ipython_magic.check import check as _check
print("REPORT" + _json.dumps(_check(get_ipython().user_ns, {name!r}).report.to_dict()))
"""


class LiveKernel:
    """A kernel, and the outputs of its cells."""

    def __init__(self) -> None:
        """Create a client; `started` starts its kernel."""
        self.client = NotebookClient(nbformat.v4.new_notebook(), allow_errors=True, timeout=100)

    def run(self, *cells: str) -> list[dict[str, Any]]:
        """Run cells and return the last one's outputs."""
        outputs: list[dict[str, Any]] = []
        for source in cells:
            cell = nbformat.v4.new_code_cell(source)
            self.client.nb.cells = [cell]
            self.client.execute_cell(cell, 0)
            outputs = [dict(output) for output in cell.outputs]
        return outputs

    def text(self, *cells: str) -> str:
        """Run cells and return what the last one printed, with displays as plain text."""
        return "".join(map(_as_text, self.run(*cells)))

    def bundle(self, cell: str) -> Mapping[str, str]:
        """Run a cell and return its only display, by media type."""
        (output,) = [o for o in self.run(cell) if o["output_type"] == "display_data"]
        return dict(output["data"])

    def interrupt(self) -> None:
        """Interrupt the kernel, as the stop button does."""
        manager: Any = self.client.km
        os.kill(manager.provisioner.pid, signal.SIGINT)

    def report(self, name: str | None = None) -> dict[str, dict[str, Any]]:
        """Return the verdicts of `%grade` by criterion, without the seconds."""
        text = self.text(REPORT.format(name=name))
        criteria = json.loads(text.partition("REPORT")[2])["criteria"]
        return {c.pop("id"): {k: v for k, v in c.items() if k != "seconds"} for c in criteria}


@contextmanager
def started(*cells: str) -> Iterator[LiveKernel]:
    """Start a kernel and run some cells in it; each must succeed."""
    kernel = LiveKernel()
    with kernel.client.setup_kernel():
        for source in cells:
            errors = [o for o in kernel.run(source) if o["output_type"] == "error"]
            assert not errors, (source, errors)
        yield kernel


def _as_text(output: Mapping[str, Any]) -> str:
    match output["output_type"]:
        case "stream":
            return str(output["text"])
        case "error":
            return f"{output['ename']}: {output['evalue']}\n"
        case _:
            return str(output["data"]["text/plain"])
