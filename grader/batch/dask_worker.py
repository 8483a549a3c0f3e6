"""Code that runs in a Dask worker: a plugin brings it each batch's session, kept while it is used.

A session travels as a `SessionPayload`: rubric, key and settings, never the reference.
"""

import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Lock, Timer
from typing import Any

from distributed import Worker, WorkerPlugin, get_worker

from grader.answer_key.file import decode_key, encode_key
from grader.batch.grade_one import SubmissionGrader
from grader.batch.results.record import SubmissionResult
from grader.errors import GraderError
from grader.grading.session import GradingSession, Settings, prefork, select_backend
from grader.protocol.installation import DISTRIBUTION, grader_version
from grader.rubric.load import RubricFile
from grader.rubric.model import Rubric

_IDLE_SECONDS = 60.0
"""Time after the last submission until forked kernels end: the client may be gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPayload:
    """A grading session as texts, numbers and bytes, for workers on other machines."""

    version: str
    """The grader's version."""
    rubric: str
    """The selected part of the rubric, as JSON."""
    rubric_name: str
    rubric_sha256: str
    key: bytes
    settings: dict[str, Any]
    """Arguments of `Settings`."""
    seed: int
    memory_fraction: float


def serialize_session(session: GradingSession) -> SessionPayload:
    """Serialize a session. Workers must have a sandbox unless it was disabled."""
    settings = session.settings
    level = "strict" if settings.isolation == "auto" else settings.isolation
    selected = {"device": settings.device, "full": settings.full, "only": settings.only}
    return SessionPayload(
        version=grader_version(),
        rubric=session.rubric_file.rubric.model_dump_json(by_alias=True),
        rubric_name=session.rubric_file.name,
        rubric_sha256=session.rubric_file.sha256,
        key=encode_key(session.key),
        settings={**selected, "isolation": level},
        seed=session.seed,
        memory_fraction=session.memory_fraction,
    )


def deserialize_session(payload: SessionPayload) -> GradingSession:
    """Rebuild a session with a sandbox of this machine.

    Raises:
        GraderError: The grader here has another version, or there is no sandbox.
    """
    version = grader_version()
    if payload.version != version:
        raise GraderError(
            f"this worker has {DISTRIBUTION} {version} and the batch is graded by "
            f"{payload.version}: install the same version everywhere."
        )
    settings = Settings(**payload.settings)
    return GradingSession(
        rubric_file=RubricFile(
            rubric=Rubric.model_validate_json(payload.rubric),
            name=payload.rubric_name,
            sha256=payload.rubric_sha256,
        ),
        key=decode_key(payload.key, name="the batch's key"),
        settings=settings,
        seed=payload.seed,
        backend=select_backend(settings),
        memory_fraction=payload.memory_fraction,
    )


class WorkerSession:
    """A grading session on a worker: opened on first use, closed when idle."""

    def __init__(self, payload: SessionPayload, *, idle_seconds: float = _IDLE_SECONDS) -> None:
        """Keep the payload; the session is opened by the first submission.

        Args:
            payload: The serialized session.
            idle_seconds: Time without a submission until the session is closed.
        """
        self._payload, self._idle_seconds = payload, idle_seconds
        self._lock = Lock()
        self._resources = ExitStack()
        self._grader: SubmissionGrader | None = None
        self._running = 0
        self._timer: Timer | None = None

    @property
    def is_open(self) -> bool:
        """True while forked kernels are kept."""
        return self._grader is not None

    def grade(self, student: str, filename: str, data: bytes) -> SubmissionResult:
        """Grade one notebook.

        Args:
            student: The student's key.
            filename: The notebook's file name.
            data: The notebook's bytes.

        Raises:
            GraderError: The session cannot be opened on this machine.
        """
        grader = self._acquire()
        try:
            return grader.grade(student, filename, data)
        finally:
            self._release()

    def close(self) -> None:
        """End the kernels; a later submission opens the session again."""
        with self._lock:
            self._close()

    def _acquire(self) -> SubmissionGrader:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            if self._grader is None:
                session = self._resources.enter_context(prefork(deserialize_session(self._payload)))
                self._grader = SubmissionGrader.of(session)
            self._running += 1
            return self._grader

    def _release(self) -> None:
        with self._lock:
            self._running -= 1
            if not self._running:
                self._timer = Timer(self._idle_seconds, self._close_if_idle)
                self._timer.daemon = True
                self._timer.start()

    def _close_if_idle(self) -> None:
        with self._lock:
            if not self._running:
                self._close()

    def _close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._grader = None
        self._resources.close()


class GradingPlugin(WorkerPlugin):
    """A Dask plugin that gives every worker, also later ones, the session of a batch."""

    def __init__(self, payload: SessionPayload) -> None:
        """Take the serialized session."""
        # The name is unique: the end of one batch must not remove another one's plugin.
        self.name = f"{DISTRIBUTION}-{secrets.token_hex(8)}"
        self._payload = payload
        self._session: WorkerSession | None = None

    def setup(self, worker: Worker) -> None:  # noqa: ARG002 (Dask's signature)
        """Create the session when the plugin arrives on a worker."""
        self._session = WorkerSession(self._payload)

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002 (Dask's signature)
        """Close the session when the plugin is removed."""
        if self._session is not None:
            self._session.close()

    @property
    def session(self) -> WorkerSession | None:
        """This worker's session; None before `setup`."""
        return self._session


def grade_on_worker(plugin: str, student: str, filename: str, data: bytes) -> SubmissionResult:
    """Grade one notebook on the worker that runs this function.

    Args:
        plugin: Name of the batch's plugin.
        student: The student's key.
        filename: The notebook's file name.
        data: The notebook's bytes.

    Raises:
        GraderError: This worker cannot grade at all.
    """
    worker = get_worker()
    try:
        return _worker_session(worker, plugin).grade(student, filename, data)
    except GraderError as error:
        raise GraderError(f"{worker.address}: {error}") from None


def _worker_session(worker: Worker, plugin: str) -> WorkerSession:
    found = worker.plugins.get(plugin)
    if not isinstance(found, GradingPlugin) or found.session is None:
        raise GraderError("it is not set up for this batch: give the same command again.")
    return found.session
