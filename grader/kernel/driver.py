"""The driver process: runs a clean notebook with nbclient, then answers probes one at a time.

Started by the grader as ``python -m grader.kernel.driver``. The job arrives on standard input and,
once the notebook has run, one probe after another; frames are written to what was standard output.
The kernel inherits neither pipe, and no other process of the same user can read this one's memory
(PR_SET_DUMPABLE).
"""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from grader.kernel.confined_kernel import set_dumpable
from grader.kernel.notebook_run import NotebookRun, RunError
from grader.protocol.frames import Frame, FrameKind, read_frames, write_frame
from grader.protocol.installation import cache_folder
from grader.sandbox.inside.env_vars import SANDBOXED, WEIGHTS
from grader.sandbox.inside.supervisor import become_subreaper

_MAX_JOB = 2**30
_MAX_STREAM = 2**33


def main() -> None:
    """Read one job, run it and report the end or the error."""
    set_dumpable(dumpable=False)
    results = _take_over_fd(1, "wb")
    requests = read_frames(_take_over_fd(0, "rb"), max_header=_MAX_JOB, max_total=_MAX_STREAM)
    signal.signal(signal.SIGTERM, _stop)
    if os.environ.get(SANDBOXED):
        become_subreaper()
        _copy_font_cache()
    # Weights are sent only once, so they must live outside the home, which is cleared for every
    # kernel.
    with _temporary_folder() as home, _temporary_folder() as spare:
        weights = Path(os.environ.get(WEIGHTS) or spare)
        run = NotebookRun(
            _read_job(requests), Path(home), weights, lambda frame: write_frame(results, frame)
        )
        try:
            asyncio.run(run.run(requests))
        except RunError as error:
            write_frame(results, Frame(kind=FrameKind.ERROR, header={"message": str(error)[:2000]}))
        except (KeyboardInterrupt, SystemExit):
            return
    write_frame(results, Frame(kind=FrameKind.DONE))


def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True)


def _take_over_fd(number: int, mode: str) -> IO[bytes]:
    """Move a pipe to a descriptor that children do not inherit; /dev/null takes its place."""
    pipe = os.fdopen(os.dup(number), mode)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, number)
    os.close(null)
    return pipe


def _copy_font_cache() -> None:
    """Copy matplotlib's font cache into this home; building it takes seconds."""
    fonts, cache = cache_folder() / "matplotlib", Path.home() / ".cache" / "matplotlib"
    cache.mkdir(parents=True, exist_ok=True)
    for file in fonts.glob("*.json"):
        shutil.copyfile(file, cache / file.name)


def _read_job(requests: Iterator[Frame]) -> dict[str, object]:
    return next(frame for frame in requests if frame.kind is FrameKind.JOB).header


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
