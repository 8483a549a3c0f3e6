"""Prints the anonymous memory, in MB, that copies of one model take in a kernel's model store.

Usage: ``python -m tests.models.memory_of_copies NAME``.
"""

import sys
from pathlib import Path

from grader.kernel.model_store import ModelStore
from grader.models import gpt2_tokenizer


def main() -> None:
    """Load a model as three probes and two notebooks would, and print the growth in memory."""
    ModelStore("cpu").pristine("generic-1x2@7/50")  # imports and allocates what every model needs
    shelf = ModelStore("cpu")
    gpt2_tokenizer(add_bos_token=True)
    before = _anonymous_megabytes()
    for _ in range(3):
        model = shelf.pristine(sys.argv[1])
    copies = [shelf.for_notebook(sys.argv[1]) for _ in range(2)]
    sys.stderr.write(f"{sum(float(copy.W_E.sum()) for copy in copies)}\n")  # reads every page
    assert not any(copy.W_U is model.W_U for copy in copies)
    sys.stdout.write(f"{_anonymous_megabytes() - before}\n")


def _anonymous_megabytes() -> int:
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("Anonymous"))


if __name__ == "__main__":
    main()
