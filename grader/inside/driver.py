"""The driver: runs a clean notebook with nbclient, then the probes; sends each value at once.

Started by the grader as ``python -m grader.inside.driver``. The job comes on standard input; frames
go out on what was standard output, which the kernel does not inherit.
"""

import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from grader.frames import Frame, FrameKind, read_frames, write_frame
from grader.inside.run import Run, TroubleError

_MAX_JOB = 2**30


def main() -> None:
    """Read one job, do it, say so."""
    results = _private_output()
    head, recorded = _job()
    signal.signal(signal.SIGTERM, _stop)
    with tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True) as home:
        run = Run(head, recorded, Path(home), lambda frame: write_frame(results, frame))
        try:
            asyncio.run(run.everything())
        except TroubleError as trouble:
            write_frame(
                results, Frame(kind=FrameKind.TROUBLE, head={"message": str(trouble)[:2000]})
            )
        except (KeyboardInterrupt, SystemExit):
            return
    write_frame(results, Frame(kind=FrameKind.DONE))


def _private_output() -> IO[bytes]:
    """Keep the pipe to the grader under another number, closed to children; stdout goes nowhere."""
    results = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    return results


def _job() -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """The job's head, and each recording's rows as they will be sent on to the kernel."""
    head: dict[str, Any] = {}
    recorded: dict[str, list[dict[str, Any]]] = {}
    for frame in read_frames(sys.stdin.buffer, max_head=_MAX_JOB):
        if frame.kind is FrameKind.JOB:
            head = frame.head
        elif frame.kind is FrameKind.RECORDED_CALL:
            recorded.setdefault(frame.head["recording"], []).append(frame.head["row"])
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    return head, recorded


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
