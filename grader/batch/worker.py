"""What runs in a Dask worker: a desk for each batch, brought there as a plugin."""

import secrets
from dataclasses import asdict
from typing import Any

from distributed import Worker, WorkerPlugin, get_worker

from grader.batch.desk import Desk
from grader.batch.parcel import Parcel
from grader.errors import GraderError


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
