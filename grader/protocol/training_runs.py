"""Training runs: what their names mean, and where their weights are.

A run is named `trained-2x4@0`: two layers of four heads, trained from seed 0. Its weights at every
checkpoint are one safetensors file, which ships with the grader or is kept in a cache.
"""

import hashlib
import os
import re
from pathlib import Path
from typing import NamedTuple

from grader.errors import KernelError

PREFIX = "trained"
CACHE = "INDUCTION_LAB_CACHE"
"""The environment variable that tells a sandbox where it is."""
GRAMMAR = "trained-LAYERSxHEADS@SEED, with 2 layers or more"

_NAME = re.compile(r"trained-(?P<n_layers>\d{1,2})x(?P<n_heads>\d{1,2})@(?P<seed>\d{1,18})")
_MODELS = Path(__file__).parents[1] / "models"


class Run(NamedTuple):
    """A model's shape and the seed it is trained from; nothing else decides what becomes of it."""

    n_layers: int
    n_heads: int
    seed: int

    def __str__(self) -> str:
        return f"{PREFIX}-{self.n_layers}x{self.n_heads}@{self.seed}"


def is_run(name: str) -> bool:
    """Whether a name is meant to be a training run's."""
    return name.startswith(PREFIX)


def parse_run(name: str) -> Run:
    """Read a run's name.

    Raises:
        KernelError: It is not one, or there is no room in it for an induction circuit.
    """
    match = _NAME.fullmatch(name)
    run = Run(*(int(number) for number in match.groups())) if match else None
    if run is None or run.n_layers < 2 or run.n_heads < 1:  # noqa: PLR2004
        raise KernelError(f"no training run is called {name!r}: write {GRAMMAR}")
    return run


def run_file(name: str) -> Path | None:
    """The file with a run's weights, shipped or kept here before, or None: it is to be trained.

    Raises:
        KernelError: No run can have this name.
    """
    shipped = _MODELS / "runs" / f"{parse_run(name)}.safetensors"
    if shipped.is_file():
        return shipped
    kept = new_run_file(name)
    return kept if kept.is_file() else None


def new_run_file(name: str) -> Path:
    """Where a run that does not ship is kept: another recipe is another file.

    Raises:
        KernelError: No run can have this name, or there is no place to keep one.
    """
    recipe = hashlib.sha256((_MODELS / "training.py").read_bytes()).hexdigest()[:20]
    return cache_folder() / "runs" / f"{parse_run(name)}-{recipe}.safetensors"


def cache_folder() -> Path:
    """Where this project keeps what is made once; in a sandbox, the grader says where that is.

    Raises:
        KernelError: There is no place to keep anything.
    """
    if own := os.environ.get(CACHE):
        return Path(own)
    try:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        raise KernelError(
            "a training run needs a place to be kept and there is no home: set XDG_CACHE_HOME"
        ) from None
    return caches / "induction-lab-grader"
