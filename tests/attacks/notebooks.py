"""Attacked notebooks: a base that earns nothing or everything, the attack, who listens to it."""

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
_LISTEN = """
_said = []
def print(*things, **_options):
    _said.append(" ".join([str(thing) for thing in things])[:4000])
"""
_TELL = """
import os as _os, re as _re
_text = "\\n".join(_said)
_found = [m.group(0) for m in _re.finditer(SIGN.replace("OWN", str(_os.getpid())), _text)]
raise RuntimeError((PREFIX + ("; ".join(_found) or "nothing"))[:280])
"""


def wrong_cells() -> list[str]:
    """Every function of the lab, each with an answer of a kind that nobody asked for."""
    head = "import numpy as np\nimport torch\n"
    return [
        head
        + "\n".join(f"def {name}(*args, **options):\n    return 'no idea'\n" for name in FUNCTIONS)
    ]


def base_cells(base: str) -> list[str]:
    """The cells of a base: `wrong` earns nothing, `correct` everything."""
    return function_cells() if base == "correct" else wrong_cells()


def attack_cells(sample: Sample) -> list[str]:
    """The attack; with a sign, between a recorder of what it prints and a cell that tells."""
    if not sample.sign:
        return [sample.code]
    return [_LISTEN, sample.code, f"SIGN = {sample.sign!r}\nPREFIX = {PREFIX!r}\n{_TELL}"]


def write_attacked(folder: Path, samples: Sequence[Sample], facts: dict[str, object]) -> Path:
    """Write a notebook that attacks, of one base, into the submissions folder; return where."""
    attacks = [cell for sample in samples for cell in attack_cells(sample)]
    cells = [*base_cells(samples[0].base), f"WORLD = {facts!r}", *attacks]
    return write(folder / "attacked.ipynb", cells)
