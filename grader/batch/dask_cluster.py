"""A crew of Dask workers: an existing scheduler's, or some started here."""

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

from grader.batch.dask_worker import Grading, grade_there, packed
from grader.batch.discovery.submission import HandedIn
from grader.batch.results.record import Finished
from grader.batch.scheduler import Crew
from grader.errors import GraderError
from grader.files.untrusted import shown
from grader.grading.session import Sitting

_LOCAL = "local"
_CONNECT = 10
_QUIET = {"distributed.comm.timeouts.connect": f"{_CONNECT}s", "distributed.admin.log-length": 0}


class Workers:
    """Sends submissions to workers; those of a worker that is lost go to another."""

    def __init__(self, client: Client, address: str, plugin: str, *, cuda: bool) -> None:
        """Take a connected client.

        Args:
            client: The client.
            address: Where it is connected to, as given.
            plugin: Name of the plugin that workers grade with.
            cuda: Whether each submission takes one of a worker's GPUs.
        """
        self._client, self._address, self._plugin = client, address, plugin
        needs: dict[str, Any] = {"resources": {"GPU": 1}} if cuda else {}
        self._executor = client.get_executor(pure=False, **needs)

    def room(self) -> int:
        """Two for each thread of each worker there is now; one waits while nobody is there."""
        try:
            threads: dict[str, int] = self._client.nthreads()
        except Exception as error:  # whatever a lost connection raises
            raise self._gone() from error
        return max(1, 2 * sum(threads.values()))

    def submit(self, handed: HandedIn) -> "Future[Finished]":
        """Send one that has a notebook."""
        sent: Future[Finished] = self._executor.submit(
            grade_there, self._plugin, handed.found.student, handed.name, handed.data
        )
        return sent

    def outcome(self, future: "Future[Any]") -> Finished:
        """What became of it.

        Raises:
            GraderError: A worker cannot grade, or the scheduler is gone.
        """
        try:
            return Finished(**future.result())
        except KilledWorker:
            return Finished(state="crashed", reason="every worker that took it was lost")
        except GraderError:
            raise
        except (CancelledError, OSError) as error:
            raise self._gone() from error
        except Exception as error:  # noqa: BLE001 (a fault of ours has a result too)
            said = f"{type(error).__name__}: {error}".splitlines()[0]
            return Finished(state="crashed", reason=f"a worker's fault: {said[:300]}")

    def stop(self) -> None:
        """Drop what has not ended."""
        with suppress(Exception):  # the connection may be gone
            self._executor.shutdown(wait=False)

    def _gone(self) -> GraderError:
        return GraderError(
            f"The scheduler at {shown(self._address)} no longer answers. What has ended is kept: "
            "give the same command again."
        )


@contextmanager
def on_cluster(address: str, sitting: Sitting, jobs: int) -> Iterator[Crew]:
    """A crew of a cluster's workers.

    Args:
        address: A scheduler's, such as ``tcp://10.0.0.1:8786``, or ``local`` to start workers.
        sitting: What is graded by.
        jobs: How many workers to start.

    Raises:
        GraderError: Nobody listens there.
    """
    cuda = sitting.settings.device == "cuda"
    _quiet()
    with ExitStack() as stack:
        stack.enter_context(dask.config.set(_QUIET))
        where = address
        if address == _LOCAL:
            where = stack.enter_context(local_workers(jobs, cuda=cuda))
            sitting = replace(sitting, share=1 / jobs)
        client = stack.enter_context(_client(where))
        plugin = Grading(packed(sitting))
        client.register_plugin(plugin)
        workers = Workers(client, address, plugin.name, cuda=cuda)
        try:
            yield workers
        finally:
            workers.stop()
            with suppress(Exception):  # the connection may be gone
                client.unregister_worker_plugin(plugin.name)


def _quiet() -> None:
    """What is lost is said in a line of ours; each of Dask's loggers has a level of its own."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


@contextmanager
def _client(address: str) -> Iterator[Client]:
    try:
        get_address_host_port(address)  # a client that does not like it ends noisily
        client = Client(address, timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise GraderError(
            f"Nobody listens at {shown(address)}: start a scheduler there (`dask scheduler`), or "
            "give its address, such as tcp://10.0.0.1:8786."
        ) from error
    try:
        yield client
    finally:
        with suppress(Exception):  # the connection may be gone
            client.close()


@contextmanager
def local_workers(jobs: int, *, cuda: bool) -> Iterator[str]:
    """Workers on this machine; those that share a GPU are one process, to take turns.

    Args:
        jobs: How many notebooks at a time.
        cuda: Whether they share a GPU.

    Yields:
        Their scheduler's address.
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
