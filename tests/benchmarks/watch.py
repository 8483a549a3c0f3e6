"""From saving a notebook to the verdict on one function, with ``grade NOTEBOOK --watch``.

Usage: ``python -m tests.benchmarks.watch NOTEBOOK [FUNCTION] [SAVES]``. A comparison is added to
the function at every save, so that each is a change; once with ``--only FUNCTION``, once without.
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
"""Seconds before a save: nobody is quicker."""


def main() -> None:
    """Save some times in each way of watching, and print how long the verdicts took."""
    notebook = Path(sys.argv[1])
    function = sys.argv[2] if len(sys.argv) > 2 else "compute_induction_scores"
    saves = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    for options in (["--only", function], []):
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / notebook.name
            copy.write_bytes(notebook.read_bytes())
            took = _watched(copy, function, saves, options)
        _say(
            f"{' '.join(options) or 'without --only'}: median {statistics.median(took):.2f} s, "
            f"at most {max(took):.2f} s, of {saves} saves"
        )


def _watched(notebook: Path, function: str, saves: int, options: list[str]) -> list[float]:
    command = [sys.executable, "-m", "grader", str(notebook), "--watch", *options]
    took = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            for i in range(saves):
                _read_until(process.stdout, _WAITING)
                sleep(_PAUSE)
                _save(notebook, function, i)
                start = perf_counter()
                _read_until(process.stdout, "Score ")
                took.append(perf_counter() - start)
        finally:
            process.terminate()
    return took


def _save(notebook: Path, function: str, number: int) -> None:
    """As editors do: a new file in the old one's place."""
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


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
