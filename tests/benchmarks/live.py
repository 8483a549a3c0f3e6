"""Times ``%grade``: a kernel's first call, then each function's first and later calls.

Usage: ``python -m tests.benchmarks.live [NOTEBOOK]``. Without a notebook, the functions are the
reference's.
"""

import json
import statistics
import sys
from pathlib import Path
from time import perf_counter

from grader.rubric.load import load_rubric
from tests.ipython_magic.kernel import LOADED, RIGHT, LiveKernel, started

_LATER_CALLS = 5


def main() -> None:
    """Measure and print them."""
    cells = [*LOADED, *_code(Path(sys.argv[1]))] if len(sys.argv) > 1 else RIGHT
    criteria = load_rubric(None).rubric.without_hidden().criteria
    functions = list(dict.fromkeys(c.function for c in criteria if c.function))
    with started() as kernel:
        for cell in cells:
            kernel.run(cell)
        sys.stdout.write(f"the kernel's first: {_seconds(kernel, functions[0]):.2f} s\n")
        for function in (*functions, ""):
            first = _seconds(kernel, function)
            later = statistics.median(_seconds(kernel, function) for _ in range(_LATER_CALLS))
            name = function or "all of them"
            sys.stdout.write(f"{name:30} first {first:.2f} s, later {later:.2f} s\n")


def _seconds(kernel: LiveKernel, function: str) -> float:
    """Return the time from sending the cell to its output, as a student waits."""
    start = perf_counter()
    kernel.run(f"%grade {function}")
    return perf_counter() - start


def _code(notebook: Path) -> list[str]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


if __name__ == "__main__":
    main()
