"""One submission from the first cell to the last probe, whatever its code does to the kernel."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from grader.kernel.cleanup import clear_home
from grader.kernel.outputs import Outputs
from grader.kernel.probe_cell import observation, question
from grader.kernel.session import GRACE, CellRun, Session, StartError
from grader.protocol.encoding import pack
from grader.protocol.frames import Frame, FrameKind
from grader.protocol.values import Failure

Send = Callable[[Frame], None]
_PRELUDE = """
import gc as _gc
_gc.disable()  # a second less of imports: nothing they make is garbage
from grader.kernel.lazy_imports import deferring as _deferring
with _deferring():
    from grader.kernel import startup as _prelude
_prelude.prepare({})
_gc.freeze()
_gc.enable()
del _gc, _deferring, _prelude
"""
_SAMPLE = "from grader.kernel.integrity import sample as _sample; _sample()"
_SAMPLE_LIMIT = 20.0
_SHARE = 3 * 2**20
"""Bytes one function's values may take together; all of them fit the grader's cap on the pipe."""


class TroubleError(Exception):
    """The machine's fault, or the model's: nothing can be graded."""


class Run:
    """Runs a job's cells and probes, replacing the kernel when it is lost.

    A cell that costs the kernel is replayed as its definitions only; a function that does is
    not called again. Everything else goes on.
    """

    def __init__(self, job: dict[str, Any], home: Path, weights: Path, send: Send) -> None:
        """Take the job, directories for kernels and for hidden models, and where frames go."""
        self._job = job
        self._recorded: dict[str, list[dict[str, Any]]] = {}
        self._home = home
        self._weights = weights
        self._send = send
        self._limits = job["limits"]
        self._deadline = 0.0
        self._restarts = 0
        self._lethal: dict[int, int] = {}
        self._reported: set[int] = set()
        self._given_up: dict[str, Failure] = {}
        self._outputs = Outputs(send)
        self._sent: dict[str, int] = {}
        self._session: Session | None = None
        self._sample = ""
        self._careful = False

    async def everything(self, asked: Iterator[Frame]) -> None:
        """Run all cells, then answer probes as they come."""
        try:
            await self._ready()
            self._send(Frame(kind=FrameKind.READY))
            for frame in asked:
                await self._take(frame)
        finally:
            await self._stop()

    async def _take(self, frame: Frame) -> None:
        """A probe to answer, or something that a later one needs."""
        head = frame.head
        if frame.kind is FrameKind.PROBE:
            await self._probe(head)
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

    def _left(self) -> float:
        return self._deadline - monotonic()

    def _can_restart(self) -> bool:
        return self._restarts <= self._limits["restarts"] and self._left() > 0

    async def _ready(self) -> None:
        """A kernel in which every cell has run, those that cost a kernel as definitions only."""
        while self._session is None:
            session = await self._started()
            if not self._deadline:
                self._deadline = monotonic() + self._limits["notebook"]
            if not await self._all_cells(session):
                self._restarts += 1
                await self._stop()
            if not self._can_restart():
                return

    async def _started(self) -> Session:
        clear_home(self._home)
        # A name nobody can have taken before: the last kernel's code may have tried.
        home = Path(tempfile.mkdtemp(prefix="kernel-", dir=self._home))
        self._session = session = Session(home, self._limits["start"])
        try:
            await session.start()
        except StartError as error:
            raise TroubleError(str(error)) from error
        job = self._job
        given = (job["model"], job["device"], job["seed"], str(self._weights), job["share"])
        settings = ", ".join(map(repr, given))
        run = await session.execute(_PRELUDE.format(settings), self._limits["start"])
        published = run.published
        if run.status != "ok" or published is None:
            late = f"it took longer than {self._limits['start']:g} s"
            raise TroubleError(
                run.evalue or (late if run.status == "timed_out" else f"the kernel {run.status}")
            )
        if self._restarts == 0:
            self._send(Frame(kind=FrameKind.ENVIRONMENT, head=published["environment"]))
            if not await self._sound(session):
                raise TroubleError("a fresh kernel does not answer")
        return session

    async def _all_cells(self, session: Session) -> bool:
        """Run every cell; False when the kernel is lost, or no longer to be relied on."""
        for cell in self._job["cells"]:
            if not await self._cell(session, cell):
                return False
            if self._careful and not await self._sound(session):
                self._blame(cell["index"])
                return False
        session.alone()
        if self._careful or await self._sound(session):
            return True
        self._careful = True  # once more, looking after each cell
        return False

    async def _sound(self, session: Session) -> bool:
        """Whether what probes rely on answers as it did in the fresh kernel."""
        run = await session.execute(_SAMPLE, _SAMPLE_LIMIT)
        taken = str((run.published or {}).get("sample", ""))
        self._sample = self._sample or taken
        return run.alive and bool(taken) and taken == self._sample

    def _blame(self, index: int) -> None:
        """A cell that left Python or its libraries unfit is replayed as its definitions only."""
        self._lethal[index] = self._lethal.get(index, 0) + 1
        head = {"cell": index, "status": "unsound", "seconds": 0.0}
        self._send(Frame(kind=FrameKind.CELL, head=head))

    async def _cell(self, session: Session, cell: dict[str, Any]) -> bool:
        """Run one cell; False when the kernel is lost."""
        index = cell["index"]
        source = self._source(cell)
        if not source.strip():
            return True
        limit = min(self._limits["cell"], self._left())
        if limit <= 0:
            self._report(index, {"status": "skipped", "seconds": 0.0, "limit": "notebook"})
            return True
        run = await session.execute(source, limit)
        which = "cell" if limit >= self._limits["cell"] else "notebook"
        self._report(
            index,
            {
                "status": run.status,
                "seconds": run.seconds,
                "ename": run.ename,
                "evalue": run.evalue,
                "limit": which if run.status == "timed_out" else "",
            },
        )
        if not run.alive or run.status == "timed_out":
            self._lethal[index] = self._lethal.get(index, 0) + 1
        if run.alive:
            self._outputs.show(index, run.outputs)
        if run.status == "timed_out" and run.alive:
            # What it defines further down counts as written.
            run = await session.execute(cell["definitions"], min(self._limits["cell"], GRACE))
        return run.alive

    def _source(self, cell: dict[str, Any]) -> str:
        """The cell; its definitions once it has cost a kernel; nothing if those do too."""
        times = self._lethal.get(cell["index"], 0)
        sources = (cell["source"], cell["definitions"], "")
        return str(sources[min(times, 2)])

    def _report(self, index: int, head: dict[str, Any]) -> None:
        if index not in self._reported:
            self._reported.add(index)
            self._send(Frame(kind=FrameKind.CELL, head={"cell": index, **head}))

    async def _probe(self, probe: dict[str, Any], *, again: bool = False) -> None:
        """Evaluate one probe; a function that has hung or killed the kernel is not called again."""
        function = probe["function"]
        if function in self._given_up:
            self._observed(probe, pack(self._given_up[function]), 0.0)
            return
        if self._session is None and self._can_restart():
            await self._ready()
        limit = min(self._limits["probe"], self._left())
        if self._session is None or limit <= 0:
            which = "notebook" if limit <= 0 else "restarts"
            self._observed(probe, pack(Failure(kind="timed_out", message=which)), 0.0)
            return
        run = await self._session.execute(question(probe, self._recorded, self._home), limit)
        if run.status == "garbled" and not again:
            # Not the function's doing: something of the notebook's still runs, and talks across.
            self._restarts += 1
            await self._stop()
            await self._probe(probe, again=True)
            return
        body = observation(run)
        if not run.alive or run.status == "timed_out":
            failure = self._lost(run, limit)
            self._given_up[function] = failure
            body = pack(failure)
        if not run.alive:
            self._restarts += 1
            await self._stop()
        self._observed(probe, self._within_share(function, body), run.seconds)

    def _within_share(self, function: str, body: bytes) -> bytes:
        """A function that sends too much loses its own values, not the room for others'."""
        self._sent[function] = self._sent.get(function, 0) + len(body)
        if self._sent[function] <= _SHARE:
            return body
        return pack(Failure(kind="unreadable", message="it is too large to compare"))

    def _lost(self, run: CellRun, limit: float) -> Failure:
        if run.status != "timed_out":
            return Failure(kind="kernel_died", message="it stopped Python itself")
        which = "probe" if limit >= self._limits["probe"] else "notebook"
        return Failure(
            kind="timed_out",
            message=f"{run.seconds:.0f} s, {which} limit {self._limits[which]:g} s",
        )

    def _observed(self, probe: dict[str, Any], body: bytes, seconds: float) -> None:
        head = {"probe": probe["id"], "seconds": seconds}
        self._send(Frame(kind=FrameKind.OBSERVATION, head=head, payload=body))
