"""Times ``grade NOTEBOOK --watch``: from saving a notebook to the verdict on one function.

Usage: ``python -m tests.benchmarks.watch NOTEBOOK [FUNCTION] [SAVES]``. Each save adds a
comparison to the function, so that it changes. Measured with ``--only FUNCTION`` and without.
"""

import json
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, sleep
from typing import IO

_WAITING = "Waiting for"
_PAUSE = 2.0
"""Seconds of pause before a save."""


def main() -> None:
    """Save several times in each mode, and print the times to the verdicts."""
    notebook = Path(sys.argv[1])
    function = sys.argv[2] if len(sys.argv) > 2 else "compute_induction_scores"
    saves = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    for options in (["--only", function], []):
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / notebook.name
            copy.write_bytes(notebook.read_bytes())
            seconds = _time_saves(copy, function, saves, options)
        _print(
            f"{' '.join(options) or 'without --only'}: median {statistics.median(seconds):.2f} s, "
            f"at most {max(seconds):.2f} s, of {saves} saves"
        )


def _time_saves(notebook: Path, function: str, saves: int, options: list[str]) -> list[float]:
    command = [sys.executable, "-m", "grader", str(notebook), "--watch", *options]
    seconds = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            for i in range(saves):
                _read_until(process.stdout, _WAITING)
                sleep(_PAUSE)
                _save(notebook, function, i)
                start = perf_counter()
                _read_until(process.stdout, "Score ")
                seconds.append(perf_counter() - start)
        finally:
            process.terminate()
    return seconds


def _save(notebook: Path, function: str, number: int) -> None:
    """Save a changed notebook as editors do, by replacing the file."""
    loaded = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in loaded["cells"]:
        source = "".join(cell["source"])
        if f"def {function}(" in source:
            changed = re.sub(r"\n    return (.*)$", rf"\n    {number} == 0\n    return \1", source)
            cell["source"] = changed
    new = notebook.with_suffix(".new")
    new.write_text(json.dumps(loaded), encoding="utf-8")
    new.replace(notebook)


def _read_until(stream: IO[str], words: str) -> None:
    for line in stream:
        if words in line:
            return
    raise SystemExit("grade has ended")


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
