"""One student kernel: started on its own terms, run cell by cell, stopped for certain."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from time import perf_counter
from typing import Any, Literal

import nbformat
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from traitlets.config import Config

from grader.kernel import KERNEL_ENVIRONMENT, MIME
from grader.kernel.cleanup import end_strays
from grader.kernel.provisioner import NAME as FORKED
from grader.kernel.provisioner import launcher
from grader.sandbox.inside.env_vars import SANDBOXED

GRACE = 2.0
"""Seconds an interrupted cell has to stop before its kernel is killed."""
_CONNECTED = 0.2
"""Seconds in which what is published arrives, once the kernel answers."""
MAX_STREAM = 64 * 2**10
"""Bytes of printed text kept of one cell."""

Status = Literal["ok", "error", "timed_out", "died", "garbled"]


class StartError(Exception):
    """The kernel did not come up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRun:
    """What running one cell came to."""

    status: Status
    seconds: float
    outputs: list[dict[str, Any]]
    alive: bool
    """Whether the kernel can go on."""
    ename: str = ""
    evalue: str = ""

    @property
    def published(self) -> dict[str, Any] | None:
        """The last thing the cell handed the driver."""
        found = [o["data"][MIME] for o in self.outputs if MIME in (o.get("data") or {})]
        return found[-1] if found and isinstance(found[-1], dict) else None


class _OwnKernelSpec(KernelSpecManager):
    """Knows one kernel: this Python. No kernelspec of the machine or the notebook counts."""

    home: Path
    """Where IPython looks for its profile: nobody's start-up files run while grading."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [
            sys.executable,
            "-m",
            "grader.kernel.confined_kernel" if os.environ.get(SANDBOXED) else "ipykernel_launcher",
            "-f",
            "{connection_file}",
            "--HistoryManager.enabled=False",
        ]
        env = {**KERNEL_ENVIRONMENT, "IPYTHONDIR": str(self.home / "ipython")}
        metadata = {"kernel_provisioner": {"provisioner_name": FORKED}} if launcher() else {}
        return KernelSpec(
            argv=argv, display_name=kernel_name, language="python", env=env, metadata=metadata
        )


class _Channels(AsyncKernelClient):
    """jupyter_client's channels, ready as soon as the kernel has spoken on both."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait for a kernel's first words.

        Jupyter's own then waits a fifth of a second for words that nbclient would not heed.

        Args:
            timeout: Seconds to wait at most.

        Raises:
            RuntimeError: The kernel has ended, or says nothing.
        """
        end = perf_counter() + (timeout or 0)
        while perf_counter() < end:
            self.kernel_info()
            try:
                await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=_CONNECTED)
            except Empty:
                if not await self.is_alive():
                    raise RuntimeError("it ended before it was up") from None
            else:
                return
        raise RuntimeError(f"it said nothing in {timeout} s")


class _Client(NotebookClient):
    """nbclient, keeping only the beginning of what a cell prints."""

    def output(
        self, outs: list[Any], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> Any:
        if msg["msg_type"] == "stream":
            kept = sum(len(out.get("text", "")) for out in outs)
            if kept > MAX_STREAM:
                return None
            msg["content"]["text"] = str(msg["content"].get("text", ""))[: MAX_STREAM + 1]
        try:
            return super().output(outs, msg, display_id, cell_index)
        except Exception:  # noqa: BLE001 (a figure is the student's to break; the cell goes on)
            return None

    def handle_comm_msg(self, outs: list[Any], msg: dict[str, Any], cell_index: int) -> None:
        """Widgets are not graded: what a kernel says about them is not looked at."""


class Session:
    """A kernel and the client that runs cells in it."""

    def __init__(self, home: Path, start_limit: float) -> None:
        """Take the directory the kernel works in and how long it may take to start."""
        self._home = home
        self._start_limit = start_limit
        config = Config()
        config.KernelManager.transport = "ipc" if sys.platform != "win32" else "tcp"
        specs = _OwnKernelSpec()
        specs.home = home
        self._manager = AsyncKernelManager(
            kernel_name="python3",
            kernel_spec_manager=specs,
            connection_file=str(home / "kernel.json"),
            config=config,
        )
        self._manager.client_factory = _Channels
        self._client = _Client(
            nbformat.v4.new_notebook(),
            km=self._manager,
            allow_errors=True,
            timeout=None,
            startup_timeout=int(start_limit),
            iopub_timeout=10,
        )
        self._client.log.setLevel(logging.CRITICAL)

    async def start(self) -> None:
        """Start the kernel.

        Raises:
            StartError: It did not answer in time.
        """
        work = self._home / "work"
        work.mkdir(exist_ok=True)
        try:
            # Nothing of the driver's is the kernel's, not even where it says what went wrong.
            null = subprocess.DEVNULL
            await self._client.async_start_new_kernel(cwd=str(work), stdout=null, stderr=null)
            await self._client.async_start_new_kernel_client()
        except (RuntimeError, OSError, TimeoutError) as error:
            raise StartError(f"the kernel did not start ({error})") from error

    async def execute(self, source: str, limit: float) -> CellRun:
        """Run one cell; interrupt it at its limit, and kill the kernel if that does not help.

        Args:
            source: The cell's code.
            limit: Seconds it may take.
        """
        cell = nbformat.v4.new_code_cell(source)
        self._client.nb.cells = [cell]
        start = perf_counter()
        task = asyncio.ensure_future(self._client.async_execute_cell(cell, 0, store_history=False))
        in_time = await _finished(task, limit)
        alive = in_time
        if not in_time:
            await self._manager.interrupt_kernel()
            alive = await _finished(task, GRACE)
            if not alive:
                await self.stop()
                await _finished(task, GRACE)
        lost = _lost(task) if alive else None
        task.cancel()
        status: Status = lost or ("ok" if in_time else "timed_out")
        return _cell_run(cell, status, perf_counter() - start, alive=alive and lost is None)

    def alone(self) -> None:
        """End what the notebook has started besides; in a sandbox nothing else is there."""
        kernel = getattr(self._manager.provisioner, "pid", None)
        if not kernel:
            return
        if forking := launcher():
            forking.end_all(spare=kernel)
        elif os.environ.get(SANDBOXED):
            end_strays(frozenset({kernel}))

    async def stop(self) -> None:
        """Kill the kernel; nothing of it is waited for."""
        if self._manager.has_kernel:
            await self._manager.shutdown_kernel(now=True)
        if self._client.kc is not None:
            self._client.kc.stop_channels()
        if forking := launcher():
            forking.end_all()
        elif os.environ.get(SANDBOXED):
            _end_all_others()


def _end_all_others() -> None:
    """In a sandbox whatever is left is the student's: forks, daemons, all of it."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        return  # there was nothing


async def _finished(task: "asyncio.Future[Any]", limit: float) -> bool:
    done, _ = await asyncio.wait({task}, timeout=max(limit, 0.01))
    return bool(done)


def _lost(task: "asyncio.Future[Any]") -> Literal["died", "garbled"] | None:
    """How the kernel was lost, if it was."""
    error = None if task.cancelled() else task.exception()
    if task.cancelled() or isinstance(error, DeadKernelError):
        return "died"
    if error is None or isinstance(error, CellTimeoutError):
        return None  # at worst its last words got lost, and the kernel itself goes on
    return "garbled"  # what it sends is no message: forged, or by many processes at once


def _cell_run(cell: Any, status: Status, seconds: float, *, alive: bool) -> CellRun:
    outputs = [dict(output) for output in cell.outputs]
    errors = [o for o in outputs if o.get("output_type") == "error"]
    if status == "ok" and errors:
        status = "error"
    last = errors[-1] if errors else {}
    return CellRun(
        status=status,
        seconds=seconds,
        outputs=outputs,
        alive=alive,
        ename=str(last.get("ename", ""))[:60],
        evalue=str(last.get("evalue", ""))[:300],
    )
