"""Compares grading a notebook cold with a plain nbclient run on the same model.

Usage: ``python -m tests.benchmarks.cold NOTEBOOK [RUNS]``. Each pair is one plain run and one
grading run, each in its own process; the result is the median of the ratios.
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import nbformat

_PLAIN = """
import sys, nbformat
from nbclient import NotebookClient
nb = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(nb, timeout=600, allow_errors=True, kernel_name="python3").execute()
nbformat.write(nb, sys.argv[1] + ".done")
"""
_SAME_MODEL = """
from transformer_lens import HookedTransformer
from grader.models import load_model  # noqa: PLC0415
planted = lambda *_, **__: load_model("planted-12x12", "cpu")
HookedTransformer.from_pretrained = staticmethod(planted)
"""


def main() -> None:
    """Run the pairs and print their times."""
    notebook = Path(sys.argv[1])
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as folder:
        patched = with_model(notebook, Path(folder), notebook.stem)
        plain, graded = [], []
        for i in range(runs + 1):
            pair = _seconds("-c", _PLAIN, str(patched)), _seconds("-m", "grader", str(notebook))
            if i:  # the first pair warms the disk cache
                plain.append(pair[0])
                graded.append(pair[1])
            _print(f"pair {i}: plain {pair[0]:.2f} s, graded {pair[1]:.2f} s")
    ratio = statistics.median(g / p for g, p in zip(graded, plain, strict=True))
    _print(
        f"median of {runs}: plain nbclient {statistics.median(plain):.2f} s, "
        f"graded {statistics.median(graded):.2f} s, ratio {ratio:.2f}"
    )


def with_model(notebook: Path, folder: Path, name: str) -> Path:
    """Write a copy whose first cell replaces the download by the planted model."""
    folder.mkdir(exist_ok=True)
    loaded = nbformat.read(notebook, as_version=4)
    loaded.cells.insert(0, nbformat.v4.new_code_cell(_SAME_MODEL))
    path = folder / f"{name}.ipynb"
    nbformat.write(loaded, path)
    return path


def _seconds(*arguments: str) -> float:
    start = perf_counter()
    subprocess.run([sys.executable, *arguments], check=False, capture_output=True)
    return perf_counter() - start


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
