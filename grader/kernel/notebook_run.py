"""Runs one submission from its first cell to its last probe, restarting kernels it kills."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from grader.kernel.cleanup import clear_home
from grader.kernel.outputs import OutputSender
from grader.kernel.probe_cell import cell_for, reply_of
from grader.kernel.session import INTERRUPT_GRACE_SECONDS, CellRun, KernelSession, StartError
from grader.protocol.encoding import pack
from grader.protocol.frames import Frame, FrameKind
from grader.protocol.values import Failure

SendFrame = Callable[[Frame], None]
_STARTUP_CELL = """
import gc as _gc
_gc.disable()  # imports create no garbage; this saves a second
from grader.kernel.lazy_imports import lazy_imports as _lazy_imports
with _lazy_imports():
    from grader.kernel import startup as _startup
_startup.prepare({})
_gc.freeze()
_gc.enable()
del _gc, _lazy_imports, _startup
"""
_INTEGRITY_CELL = "from grader.kernel.integrity import sample as _sample; _sample()"
_INTEGRITY_SECONDS = 20.0
_MAX_BYTES_PER_FUNCTION = 3 * 2**20
"""Maximum bytes of one function's values; those of all functions fit the grader's pipe cap."""


class RunError(Exception):
    """The machine or the model is at fault, and nothing can be graded."""


class NotebookRun:
    """Runs a job's cells and probes, replacing the kernel when it is lost.

    A cell that kills the kernel is replayed as its definitions only; a function that does so is
    not called again. Everything else goes on.
    """

    def __init__(
        self, job: dict[str, Any], home: Path, weights: Path, send_frame: SendFrame
    ) -> None:
        """Prepare a run.

        Args:
            job: The job's header.
            home: Folder for the kernels' files, cleared for each kernel.
            weights: Folder for hidden models' weights.
            send_frame: Called with each frame for the grader.
        """
        self._job = job
        self._recorded: dict[str, list[dict[str, Any]]] = {}
        self._home = home
        self._weights = weights
        self._send_frame = send_frame
        self._limits = job["limits"]
        self._deadline = 0.0
        self._restarts = 0
        self._killer_cells: dict[int, int] = {}
        self._reported: set[int] = set()
        self._abandoned: dict[str, Failure] = {}
        self._outputs = OutputSender(send_frame)
        self._bytes_sent: dict[str, int] = {}
        self._session: KernelSession | None = None
        self._expected_sample = ""
        self._check_each_cell = False

    async def run(self, requests: Iterator[Frame]) -> None:
        """Run all cells, then evaluate probes as they arrive."""
        try:
            await self._ensure_kernel()
            self._send_frame(Frame(kind=FrameKind.READY))
            for frame in requests:
                await self._handle(frame)
        finally:
            await self._stop()

    async def _handle(self, frame: Frame) -> None:
        """Evaluate a probe, or store a recorded call or weights for a later one."""
        head = frame.header
        if frame.kind is FrameKind.PROBE:
            await self._run_probe(head)
        elif frame.kind is FrameKind.RECORDED_CALL:
            self._recorded.setdefault(head["recording"], []).append(head["row"])
        elif frame.kind is FrameKind.WEIGHTS:
            self._weights.mkdir(exist_ok=True)
            with (self._weights / str(head["model"])).open("ab") as file:
                file.write(frame.payload)

    async def _stop(self) -> None:
        if self._session is not None:
            await self._session.stop()
        self._session = None

    def _seconds_left(self) -> float:
        return self._deadline - monotonic()

    def _can_restart(self) -> bool:
        return self._restarts <= self._limits["restarts"] and self._seconds_left() > 0

    async def _ensure_kernel(self) -> None:
        """Start a kernel and run every cell in it, cells that kill it as definitions only."""
        while self._session is None:
            session = await self._start_kernel()
            if not self._deadline:
                self._deadline = monotonic() + self._limits["notebook"]
            if not await self._run_cells(session):
                self._restarts += 1
                await self._stop()
            if not self._can_restart():
                return

    async def _start_kernel(self) -> KernelSession:
        clear_home(self._home)
        # A random name, because the last kernel's code may have tried to create it in advance.
        home = Path(tempfile.mkdtemp(prefix="kernel-", dir=self._home))
        self._session = session = KernelSession(home, self._limits["start"])
        try:
            await session.start()
        except StartError as error:
            raise RunError(str(error)) from error
        job = self._job
        arguments = (job["model"], job["device"], job["seed"], str(self._weights), job["share"])
        cell = _STARTUP_CELL.format(", ".join(map(repr, arguments)))
        run = await session.execute(cell, self._limits["start"])
        published = run.published
        if run.status != "ok" or published is None:
            late = f"it took longer than {self._limits['start']:g} s"
            raise RunError(
                run.evalue or (late if run.status == "timed_out" else f"the kernel {run.status}")
            )
        if self._restarts == 0:
            self._send_frame(Frame(kind=FrameKind.ENVIRONMENT, header=published["environment"]))
            if not await self._is_intact(session):
                raise RunError("a fresh kernel does not answer")
        return session

    async def _run_cells(self, session: KernelSession) -> bool:
        """Run every cell; return False if the kernel is lost or can no longer be relied on."""
        for cell in self._job["cells"]:
            if not await self._run_cell(session, cell):
                return False
            if self._check_each_cell and not await self._is_intact(session):
                self._blame(cell["index"])
                return False
        session.kill_other_processes()
        if self._check_each_cell or await self._is_intact(session):
            return True
        self._check_each_cell = True  # run again, to find the cell
        return False

    async def _is_intact(self, session: KernelSession) -> bool:
        """Check that the integrity sample is the same as in the fresh kernel."""
        run = await session.execute(_INTEGRITY_CELL, _INTEGRITY_SECONDS)
        sample = str((run.published or {}).get("sample", ""))
        self._expected_sample = self._expected_sample or sample
        return run.alive and bool(sample) and sample == self._expected_sample

    def _blame(self, index: int) -> None:
        """Report a cell that broke Python or its libraries; it is replayed as definitions only."""
        self._killer_cells[index] = self._killer_cells.get(index, 0) + 1
        head = {"cell": index, "status": "unsound", "seconds": 0.0}
        self._send_frame(Frame(kind=FrameKind.CELL, header=head))

    async def _run_cell(self, session: KernelSession, cell: dict[str, Any]) -> bool:
        """Run one cell; return False if the kernel is lost."""
        index = cell["index"]
        source = self._source(cell)
        if not source.strip():
            return True
        limit = min(self._limits["cell"], self._seconds_left())
        if limit <= 0:
            self._report(index, {"status": "skipped", "seconds": 0.0, "limit": "notebook"})
            return True
        run = await session.execute(source, limit)
        limit_name = "cell" if limit >= self._limits["cell"] else "notebook"
        self._report(
            index,
            {
                "status": run.status,
                "seconds": run.seconds,
                "ename": run.ename,
                "evalue": run.evalue,
                "limit": limit_name if run.status == "timed_out" else "",
            },
        )
        if not run.alive or run.status == "timed_out":
            self._killer_cells[index] = self._killer_cells.get(index, 0) + 1
        if run.alive:
            self._outputs.send(index, run.outputs)
        if run.status == "timed_out" and run.alive:
            # Definitions below the line that hung count too.
            limit = min(self._limits["cell"], INTERRUPT_GRACE_SECONDS)
            run = await session.execute(cell["definitions"], limit)
        return run.alive

    def _source(self, cell: dict[str, Any]) -> str:
        """Return the cell, its definitions if it has killed a kernel, or nothing if those did."""
        kills = self._killer_cells.get(cell["index"], 0)
        sources = (cell["source"], cell["definitions"], "")
        return str(sources[min(kills, 2)])

    def _report(self, index: int, head: dict[str, Any]) -> None:
        if index not in self._reported:
            self._reported.add(index)
            self._send_frame(Frame(kind=FrameKind.CELL, header={"cell": index, **head}))

    async def _run_probe(self, probe: dict[str, Any], *, retried: bool = False) -> None:
        """Evaluate one probe; functions that hung or killed the kernel are not called again."""
        function = probe["function"]
        if function in self._abandoned:
            self._send_observation(probe, pack(self._abandoned[function]), 0.0)
            return
        if self._session is None and self._can_restart():
            await self._ensure_kernel()
        limit = min(self._limits["probe"], self._seconds_left())
        if self._session is None or limit <= 0:
            limit_name = "notebook" if limit <= 0 else "restarts"
            self._send_observation(probe, pack(Failure(kind="timed_out", message=limit_name)), 0.0)
            return
        run = await self._session.execute(cell_for(probe, self._recorded, self._home), limit)
        if run.status == "garbled" and not retried:
            # Not the function's fault: another process of the notebook writes to the channels.
            self._restarts += 1
            await self._stop()
            await self._run_probe(probe, retried=True)
            return
        body = reply_of(run)
        if not run.alive or run.status == "timed_out":
            failure = self._failure(run, limit)
            self._abandoned[function] = failure
            body = pack(failure)
        if not run.alive:
            self._restarts += 1
            await self._stop()
        self._send_observation(probe, self._limit_bytes(function, body), run.seconds)

    def _limit_bytes(self, function: str, body: bytes) -> bytes:
        """Replace the value of a function that has sent too much, to leave room for the others."""
        self._bytes_sent[function] = self._bytes_sent.get(function, 0) + len(body)
        if self._bytes_sent[function] <= _MAX_BYTES_PER_FUNCTION:
            return body
        return pack(Failure(kind="unreadable", message="it is too large to compare"))

    def _failure(self, run: CellRun, limit: float) -> Failure:
        if run.status != "timed_out":
            return Failure(kind="kernel_died", message="it stopped Python itself")
        limit_name = "probe" if limit >= self._limits["probe"] else "notebook"
        return Failure(
            kind="timed_out",
            message=f"{run.seconds:.0f} s, {limit_name} limit {self._limits[limit_name]:g} s",
        )

    def _send_observation(self, probe: dict[str, Any], body: bytes, seconds: float) -> None:
        head = {"probe": probe["id"], "seconds": seconds}
        self._send_frame(Frame(kind=FrameKind.OBSERVATION, header=head, payload=body))
