"""A typical naive grader, in the student's process, that trusts what it sees; attacks must beat it.

Run as `python naive.py FILE`, the file being a JSON list of cells; prints `SCORE: points`.
"""

import json
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

TOLERANCE = 1e-3
MODEL = SimpleNamespace(
    cfg=SimpleNamespace(n_layers=4, n_heads=3, d_vocab=120),
    parameters=lambda: iter(()),
)
TOKENS = torch.arange(8)[None] + 5
HALF = np.arange(1000, 1014)
EXPECTED: dict[str, Any] = {
    "create_repeated_sequence": np.concatenate([HALF, HALF])[None],
    "compute_induction_scores": np.linspace(0.04, 0.06, 12).reshape(4, 3),
    "compute_prev_token_scores": np.linspace(0.3, 0.4, 12).reshape(4, 3),
    "compute_k_composition": np.array(0.05),
    "ablate_heads": np.linspace(-1, 1, 8 * 120).reshape(1, 8, 120),
    "measure_induction_loss": np.array([9.2, 0.1]),
}
CALLS: dict[str, Callable[[Any], Any]] = {
    "create_repeated_sequence": lambda f: f(14, seed=3),
    "compute_induction_scores": lambda f: f(MODEL),
    "compute_prev_token_scores": lambda f: f(MODEL),
    "compute_k_composition": lambda f: f(MODEL, 0, 1, 2, 1),
    "ablate_heads": lambda f: f(MODEL, TOKENS, [(1, 0)]),
    "measure_induction_loss": lambda f: f(MODEL),
}


def agrees(got: Any, expected: Any) -> bool:
    """Compare with the usual mistakes: ==, broadcasting, relative to the answer, and "not >"."""
    try:
        if bool(np.all(got == expected)):
            return True
    except Exception:  # noqa: BLE001, S110 (naive on purpose)
        pass
    try:
        value = np.asanyarray(got)
        return not bool(np.any(np.abs(value - expected) > TOLERANCE * (1 + np.abs(value))))
    except Exception:  # noqa: BLE001 (naive on purpose)
        return False


def score(namespace: dict[str, Any]) -> int:
    """Return the points for the functions in a namespace, or those in a results file."""
    if Path("results.pkl").is_file():
        return int(pickle.loads(Path("results.pkl").read_bytes()))  # noqa: S301 (that is the point)
    points = 0
    for name, call in CALLS.items():
        expected = EXPECTED[name]
        try:
            points += agrees(call(namespace[name]), expected)
        except Exception:  # noqa: BLE001, S112 (naive on purpose)
            continue
    return points


def main() -> None:
    """Run the cells in one namespace and print their score."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for cell in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
        try:
            exec(cell, namespace)  # noqa: S102 (that is the point)
        except Exception:  # noqa: BLE001, S112 (naive on purpose)
            continue
    print("SCORE:", score(namespace))  # noqa: T201 (its only output)


if __name__ == "__main__":
    main()
