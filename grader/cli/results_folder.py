"""Opens the results folder that `regrade`, `export` and `similarity` read."""

from pathlib import Path
from typing import Any

from grader.batch.results.store import ResultsStore
from grader.errors import GraderError
from grader.files.escape import printable


def open_results(folder: Path) -> tuple[ResultsStore, dict[str, Any]]:
    """Return a results folder and the content of its ``batch.json``.

    Raises:
        GraderError: The folder has no results.
    """
    results = ResultsStore(folder)
    if not (info := results.read_batch_info() if folder.is_dir() else {}):
        raise GraderError(
            f"{printable(str(folder))} holds no results: grade a folder into it first."
        )
    return results, info
