"""An executor on a Dask cluster: an existing scheduler's workers, or workers started here."""

import logging
import tempfile
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import Any

import dask
from distributed import Client, KilledWorker, LocalCluster
from distributed.comm.addressing import get_address_host_port

from grader.batch.dask_worker import GradingPlugin, grade_on_worker, serialize_session
from grader.batch.discovery.student_files import StudentFiles
from grader.batch.results.record import SubmissionResult
from grader.batch.scheduler import Executor
from grader.errors import GraderError, one_line
from grader.files.escape import printable
from grader.grading.session import GradingSession

_LOCAL = "local"
"""The address that asks for workers on this machine."""
_CONNECT_SECONDS = 10
_MAX_REASON = 300
_DASK_CONFIG = {
    "distributed.comm.timeouts.connect": f"{_CONNECT_SECONDS}s",
    "distributed.admin.log-length": 0,
}


class DaskExecutor:
    """Sends submissions to workers; those of a lost worker are sent to another one."""

    def __init__(self, client: Client, address: str, plugin: str, *, cuda: bool) -> None:
        """Take a connected client.

        Args:
            client: The client.
            address: The scheduler's address as the user gave it.
            plugin: Name of the `GradingPlugin` on the workers.
            cuda: True if each submission needs one of a worker's GPU slots.
        """
        self._client, self._address, self._plugin = client, address, plugin
        resources: dict[str, Any] = {"resources": {"GPU": 1}} if cuda else {}
        self._executor = client.get_executor(pure=False, **resources)

    def capacity(self) -> int:
        """Return twice the number of threads of all workers; one while there is no worker."""
        try:
            threads: dict[str, int] = self._client.nthreads()
        except Exception as error:  # whatever a lost connection raises
            raise self._scheduler_lost() from error
        return max(1, 2 * sum(threads.values()))

    def submit(self, files: StudentFiles) -> "Future[SubmissionResult]":
        """Send a loaded notebook to a worker."""
        future: Future[SubmissionResult] = self._executor.submit(
            grade_on_worker, self._plugin, files.student, files.filename, files.data
        )
        return future

    def result(self, future: "Future[SubmissionResult]") -> SubmissionResult:
        """Return the result of a future that is done; the student's key may be empty.

        Raises:
            GraderError: A worker cannot grade, or the scheduler is gone.
        """
        try:
            return future.result()
        except KilledWorker:
            return _crashed("every worker that took it was lost")
        except GraderError:
            raise
        except (CancelledError, OSError) as error:
            raise self._scheduler_lost() from error
        except Exception as error:  # noqa: BLE001 (an internal error has a result too)
            return _crashed(f"internal error of a worker: {one_line(error)[:_MAX_REASON]}")

    def shut_down(self) -> None:
        """Cancel everything that has not ended."""
        with suppress(Exception):  # the connection may be gone
            self._executor.shutdown(wait=False)

    def _scheduler_lost(self) -> GraderError:
        return GraderError(
            f"The scheduler at {printable(self._address)} no longer answers. What has ended is "
            "kept: give the same command again."
        )


def _crashed(reason: str) -> SubmissionResult:
    return SubmissionResult(student="", state="crashed", reason=reason)


@contextmanager
def cluster_executor(address: str, session: GradingSession, jobs: int) -> Iterator[Executor]:
    """Connect to a cluster, give its workers the session, and yield the executor.

    Args:
        address: A scheduler's, such as ``tcp://10.0.0.1:8786``, or ``local`` to start workers.
        session: The session that grades.
        jobs: Number of local workers to start.

    Raises:
        GraderError: No scheduler listens there.
    """
    cuda = session.settings.device == "cuda"
    _silence_dask_logs()
    with ExitStack() as stack:
        stack.enter_context(dask.config.set(_DASK_CONFIG))
        scheduler = address
        if address == _LOCAL:
            scheduler = stack.enter_context(local_workers(jobs, cuda=cuda))
            session = replace(session, memory_fraction=1 / jobs)
        client = stack.enter_context(_connect(scheduler))
        plugin = GradingPlugin(serialize_session(session))
        client.register_plugin(plugin)
        executor = DaskExecutor(client, address, plugin.name, cuda=cuda)
        try:
            yield executor
        finally:
            executor.shut_down()
            with suppress(Exception):  # the connection may be gone
                client.unregister_worker_plugin(plugin.name)


def _silence_dask_logs() -> None:
    """Silence each of Dask's loggers: a lost scheduler is reported in one line of the grader's."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


@contextmanager
def _connect(address: str) -> Iterator[Client]:
    try:
        get_address_host_port(address)  # a client with an invalid address ends with a traceback
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise GraderError(
            f"Nobody listens at {printable(address)}: start a scheduler there (`dask scheduler`), "
            "or give its address, such as tcp://10.0.0.1:8786."
        ) from error
    try:
        yield client
    finally:
        with suppress(Exception):  # the connection may be gone
            client.close()


@contextmanager
def local_workers(jobs: int, *, cuda: bool) -> Iterator[str]:
    """Start workers on this machine and yield their scheduler's address.

    Args:
        jobs: Number of notebooks to run at a time.
        cuda: True if they share a GPU: then one process runs all of them, with one `DeviceLock`.
    """
    with (
        tempfile.TemporaryDirectory(prefix="grade-cluster-") as folder,
        LocalCluster(
            n_workers=1 if cuda else jobs,
            threads_per_worker=jobs if cuda else 1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            worker_dashboard_address=None,
            memory_limit=0,
            local_directory=folder,
            silence_logs=logging.CRITICAL,
            resources={"GPU": jobs} if cuda else None,
        ) as cluster,
    ):
        yield cluster.scheduler_address
