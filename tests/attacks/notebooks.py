"""Builds attacked notebooks: a base that earns nothing or everything, the attack, a recorder."""

from collections.abc import Sequence
from pathlib import Path

from tests.attacks.sample import Sample
from tests.notebooks import function_cells, write

FUNCTIONS = (
    "create_repeated_sequence",
    "compute_induction_scores",
    "compute_prev_token_scores",
    "compute_k_composition",
    "ablate_heads",
    "measure_induction_loss",
)
PREFIX = "attacked evidence: "
_RECORD = """
_printed = []
def print(*things, **_options):
    _printed.append(" ".join([str(thing) for thing in things])[:4000])
"""
_REPORT = """
import os as _os, re as _re
_text = "\\n".join(_printed)
_signs = [m.group(0) for m in _re.finditer(SIGN.replace("OWN", str(_os.getpid())), _text)]
raise RuntimeError((PREFIX + ("; ".join(_signs) or "nothing"))[:280])
"""


def wrong_cells() -> list[str]:
    """Return every function of the lab, each with an answer of the wrong type."""
    head = "import numpy as np\nimport torch\n"
    return [
        head
        + "\n".join(f"def {name}(*args, **options):\n    return 'no idea'\n" for name in FUNCTIONS)
    ]


def base_cells(base: str) -> list[str]:
    """Return the cells of a base: `wrong` earns nothing, `correct` everything."""
    return function_cells() if base == "correct" else wrong_cells()


def attack_cells(sample: Sample) -> list[str]:
    """Return the attack's cells; with a sign, a recorder comes before and a report after it."""
    if not sample.sign:
        return [sample.code]
    return [_RECORD, sample.code, f"SIGN = {sample.sign!r}\nPREFIX = {PREFIX!r}\n{_REPORT}"]


def write_attacked(folder: Path, samples: Sequence[Sample], facts: dict[str, object]) -> Path:
    """Write a notebook with attacks on one base, and return its path."""
    attacks = [cell for sample in samples for cell in attack_cells(sample)]
    cells = [*base_cells(samples[0].base), f"WORLD = {facts!r}", *attacks]
    return write(folder / "attacked.ipynb", cells)
