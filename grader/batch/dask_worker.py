"""What runs in a Dask worker: a desk for each batch, brought there as a plugin."""

import secrets
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from importlib import metadata
from threading import Lock, Timer
from typing import Any

from distributed import Worker, WorkerPlugin, get_worker

from grader.answer_key.file import key_bytes, read_key
from grader.batch.grade_one import Bench
from grader.batch.results.record import Finished
from grader.errors import GraderError
from grader.grading.session import Settings, Sitting, chosen, warm
from grader.rubric.load import RubricFile
from grader.rubric.model import Rubric

# MERGED: A sitting as data, to be opened on another machine: rubric, key and settings, no reference.
# MERGED: A place to grade at on a worker: opened with its first submission, closed when nobody comes.
_DISTRIBUTION = "induction-lab-grader"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What a worker needs to grade as we would: texts, numbers and bytes."""

    version: str
    rubric: str
    """Of what was selected, as JSON."""
    name: str
    sha256: str
    key: bytes
    settings: dict[str, Any]
    seed: int
    share: float


def packed(sitting: Sitting) -> Parcel:
    """A sitting made ready to travel; on workers there is a sandbox unless that was ruled out."""
    settings = sitting.settings
    level = "strict" if settings.isolation == "auto" else settings.isolation
    known = {"device": settings.device, "full": settings.full, "only": settings.only}
    return Parcel(
        version=metadata.version(_DISTRIBUTION),
        rubric=sitting.file.rubric.model_dump_json(by_alias=True),
        name=sitting.file.name,
        sha256=sitting.file.sha256,
        key=key_bytes(sitting.key),
        settings={**known, "isolation": level},
        seed=sitting.seed,
        share=sitting.share,
    )


def opened(parcel: Parcel) -> Sitting:
    """The sitting, with a sandbox of this machine.

    Args:
        parcel: What `packed` made of it.

    Raises:
        GraderError: The grader here is of another version, or there is no sandbox.
    """
    own = metadata.version(_DISTRIBUTION)
    if parcel.version != own:
        raise GraderError(
            f"this worker has {_DISTRIBUTION} {own} and the batch is graded by {parcel.version}: "
            "install the same version everywhere."
        )
    settings = Settings(**parcel.settings)
    return Sitting(
        file=RubricFile(
            rubric=Rubric.model_validate_json(parcel.rubric), name=parcel.name, sha256=parcel.sha256
        ),
        key=read_key(parcel.key, name="the batch's key"),
        settings=settings,
        seed=parcel.seed,
        backend=chosen(settings),
        share=parcel.share,
    )


_IDLE = 60.0
"""Seconds after the last submission in which warm kernels stay: whoever sent it may be gone."""


class Desk:
    """Grades what it is brought, with warm kernels of its own."""

    def __init__(self, parcel: Parcel, *, idle: float = _IDLE) -> None:
        """Take what is graded by; nothing is opened yet.

        Args:
            parcel: The sitting.
            idle: Seconds without a submission after which kernels end.
        """
        self._parcel, self._idle = parcel, idle
        self._lock = Lock()
        self._open = ExitStack()
        self._bench: Bench | None = None
        self._busy = 0
        self._timer: Timer | None = None

    @property
    def is_open(self) -> bool:
        """Whether kernels are kept warm."""
        return self._bench is not None

    def grade(self, student: str, name: str, data: bytes) -> Finished:
        """Grade one notebook.

        Args:
            student: Whose, by key.
            name: The file's.
            data: What is in it.

        Raises:
            GraderError: The sitting cannot be opened on this machine.
        """
        bench = self._taken()
        try:
            return bench.grade(student, name, data)
        finally:
            self._left()

    def close(self) -> None:
        """End what is kept warm; whatever comes later opens it again."""
        with self._lock:
            self._forget()

    def _taken(self) -> Bench:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            if self._bench is None:
                warmed = self._open.enter_context(warm(opened(self._parcel)))
                self._bench = Bench.of(warmed)
            self._busy += 1
            return self._bench

    def _left(self) -> None:
        with self._lock:
            self._busy -= 1
            if not self._busy:
                self._timer = Timer(self._idle, self._close_if_idle)
                self._timer.daemon = True
                self._timer.start()

    def _close_if_idle(self) -> None:
        with self._lock:
            if not self._busy:
                self._forget()

    def _forget(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._bench = None
        self._open.close()


class Grading(WorkerPlugin):
    """Brings every worker, also one that joins later, what a batch is graded by."""

    def __init__(self, parcel: Parcel) -> None:
        """Take what is graded by."""
        # Two batches may use one cluster; the end of the first is not the second's.
        self.name = f"induction-lab-grader-{secrets.token_hex(8)}"
        self._parcel = parcel
        self._desk: Desk | None = None

    def setup(self, worker: Worker) -> None:  # noqa: ARG002 (Dask's signature)
        """Begin on a worker."""
        self._desk = Desk(self._parcel)

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002 (Dask's signature)
        """End there."""
        if self._desk is not None:
            self._desk.close()

    @property
    def desk(self) -> Desk | None:
        """Where this worker grades; None before it is set up."""
        return self._desk


def grade_there(plugin: str, student: str, name: str, data: bytes) -> dict[str, Any]:
    """Grade one notebook on the worker this runs on.

    Args:
        plugin: Name of the batch's plugin.
        student: Whose, by key.
        name: The file's.
        data: What is in it.

    Returns:
        The fields of `Finished`: texts, numbers and bytes.

    Raises:
        GraderError: This worker cannot grade at all.
    """
    worker = get_worker()
    try:
        return asdict(_desk(worker, plugin).grade(student, name, data))
    except GraderError as error:
        raise GraderError(f"{worker.address}: {error}") from None


def _desk(worker: Worker, plugin: str) -> Desk:
    grading = worker.plugins.get(plugin)
    if not isinstance(grading, Grading) or grading.desk is None:
        raise GraderError("it is not set up for this batch: give the same command again.")
    return grading.desk
