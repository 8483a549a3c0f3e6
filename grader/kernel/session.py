"""A session with one student kernel: starts it, runs it cell by cell, and reliably kills it."""

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
from grader.kernel.cleanup import kill_leftover_processes
from grader.kernel.provisioner import PROVISIONER_NAME, find_kernel_forker
from grader.sandbox.inside.env_vars import SANDBOXED

INTERRUPT_GRACE_SECONDS = 2.0
"""Seconds an interrupted cell has to stop before its kernel is killed."""
_IOPUB_SECONDS = 0.2
"""Seconds to wait for an iopub message once the kernel answers on the shell channel."""
MAX_STREAM = 64 * 2**10
"""Bytes of printed text kept per cell."""

Status = Literal["ok", "error", "timed_out", "died", "garbled"]


class StartError(Exception):
    """The kernel did not start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRun:
    """The result of running one cell."""

    status: Status
    seconds: float
    outputs: list[dict[str, Any]]
    alive: bool
    """True if the kernel can be used further."""
    ename: str = ""
    evalue: str = ""

    @property
    def published(self) -> dict[str, Any] | None:
        """The last JSON object the cell published for the driver."""
        contents = [o["data"][MIME] for o in self.outputs if MIME in (o.get("data") or {})]
        return contents[-1] if contents and isinstance(contents[-1], dict) else None


class _OwnKernelSpec(KernelSpecManager):
    """Knows one kernel, this Python; kernelspecs of the machine and the notebook are ignored."""

    home: Path
    """Folder of the IPython profile: empty, so that no start-up files run."""

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
        provisioner = {"kernel_provisioner": {"provisioner_name": PROVISIONER_NAME}}
        return KernelSpec(
            argv=argv,
            display_name=kernel_name,
            language="python",
            env=env,
            metadata=provisioner if find_kernel_forker() else {},
        )


class _Channels(AsyncKernelClient):
    """jupyter_client's channels, ready as soon as the kernel has sent a message on both."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait for the kernel's first messages.

        jupyter_client's own method waits another 0.2 s, for messages that nbclient ignores.

        Args:
            timeout: Maximum wait in seconds.

        Raises:
            RuntimeError: The kernel has exited or does not respond.
        """
        end = perf_counter() + (timeout or 0)
        while perf_counter() < end:
            self.kernel_info()
            try:
                await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=_IOPUB_SECONDS)
            except Empty:
                if not await self.is_alive():
                    raise RuntimeError("it ended before it was ready") from None
            else:
                return
        raise RuntimeError(f"it did not respond in {timeout} s")


class _Client(NotebookClient):
    """nbclient's client, with a limit on the text that is kept of what a cell prints."""

    def output(
        self, outs: list[Any], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> Any:
        if msg["msg_type"] == "stream":
            length = sum(len(out.get("text", "")) for out in outs)
            if length > MAX_STREAM:
                return None
            msg["content"]["text"] = str(msg["content"].get("text", ""))[: MAX_STREAM + 1]
        try:
            return super().output(outs, msg, display_id, cell_index)
        except Exception:  # noqa: BLE001 (a student may break a figure; the cell goes on)
            return None

    def handle_comm_msg(self, outs: list[Any], msg: dict[str, Any], cell_index: int) -> None:
        """Ignore widget messages: widgets are not graded."""


class KernelSession:
    """A kernel and the client that runs cells in it."""

    def __init__(self, home: Path, start_limit: float) -> None:
        """Prepare a kernel.

        Args:
            home: Folder for the kernel's files.
            start_limit: Seconds the kernel may take to start.
        """
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
            # The kernel inherits none of the driver's streams, not even standard error.
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
            alive = await _finished(task, INTERRUPT_GRACE_SECONDS)
            if not alive:
                await self.stop()
                await _finished(task, INTERRUPT_GRACE_SECONDS)
        lost = _how_lost(task) if alive else None
        task.cancel()
        status: Status = lost or ("ok" if in_time else "timed_out")
        return _cell_run(cell, status, perf_counter() - start, alive=alive and lost is None)

    def kill_other_processes(self) -> None:
        """Kill every process but the kernel that the notebook started, if this is a sandbox."""
        kernel = getattr(self._manager.provisioner, "pid", None)
        if not kernel:
            return
        if forker := find_kernel_forker():
            forker.kill_others(spare=kernel)
        elif os.environ.get(SANDBOXED):
            kill_leftover_processes(frozenset({kernel}))

    async def stop(self) -> None:
        """Kill the kernel without waiting for it to shut down."""
        if self._manager.has_kernel:
            await self._manager.shutdown_kernel(now=True)
        if self._client.kc is not None:
            self._client.kc.stop_channels()
        if forker := find_kernel_forker():
            forker.kill_others()
        elif os.environ.get(SANDBOXED):
            _kill_all_processes()


def _kill_all_processes() -> None:
    """Kill every process this one may signal: in a sandbox, all that the student started."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        return  # there was nothing


async def _finished(task: "asyncio.Future[Any]", limit: float) -> bool:
    done, _ = await asyncio.wait({task}, timeout=max(limit, 0.01))
    return bool(done)


def _how_lost(task: "asyncio.Future[Any]") -> Literal["died", "garbled"] | None:
    """Return how the kernel was lost; None if it was not."""
    error = None if task.cancelled() else task.exception()
    if task.cancelled() or isinstance(error, DeadKernelError):
        return "died"
    if error is None or isinstance(error, CellTimeoutError):
        return None  # at worst its last messages got lost, and the kernel itself goes on
    return "garbled"  # an invalid message: forged, or written by several processes at once


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
