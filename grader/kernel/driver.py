"""The driver: runs a clean notebook with nbclient, then answers probes one at a time.

Started by the grader as ``python -m grader.kernel.driver``. The job comes on standard input, then,
once the notebook has run, probe after probe; frames go out on what was standard output. Neither
pipe is the kernel's, and no other process of this user may look into this one.
"""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from grader.kernel.confined_kernel import close_to_others
from grader.kernel.notebook_run import Run, TroubleError
from grader.protocol.frames import Frame, FrameKind, read_frames, write_frame
from grader.protocol.training_runs import cache_folder
from grader.sandbox.inside.env_vars import SANDBOXED, WEIGHTS
from grader.sandbox.inside.supervisor import adopt

_MAX_JOB = 2**30
_MAX_ASKED = 2**33


def main() -> None:
    """Read one job, do it, say so."""
    close_to_others()
    results = _private(1, "wb")
    asked = read_frames(_private(0, "rb"), max_head=_MAX_JOB, max_total=_MAX_ASKED)
    signal.signal(signal.SIGTERM, _stop)
    if os.environ.get(SANDBOXED):
        adopt()
        _fill_caches()
    with _folder() as home, _folder() as spare:  # a home is cleared; weights come but once
        weights = Path(os.environ.get(WEIGHTS) or spare)
        run = Run(_job(asked), Path(home), weights, lambda frame: write_frame(results, frame))
        try:
            asyncio.run(run.everything(asked))
        except TroubleError as trouble:
            write_frame(
                results, Frame(kind=FrameKind.TROUBLE, head={"message": str(trouble)[:2000]})
            )
        except (KeyboardInterrupt, SystemExit):
            return
    write_frame(results, Frame(kind=FrameKind.DONE))


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True)


def _private(number: int, mode: str) -> IO[bytes]:
    """Keep a pipe to the grader under a number that children do not inherit."""
    pipe = os.fdopen(os.dup(number), mode)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, number)
    os.close(nowhere)
    return pipe


def _fill_caches() -> None:
    """What matplotlib looks for in a home of its own; making it takes seconds."""
    fonts, cache = cache_folder() / "matplotlib", Path.home() / ".cache" / "matplotlib"
    cache.mkdir(parents=True, exist_ok=True)
    for file in fonts.glob("*.json"):
        shutil.copyfile(file, cache / file.name)


def _job(asked: Iterator[Frame]) -> dict[str, object]:
    return next(frame for frame in asked if frame.kind is FrameKind.JOB).head


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
