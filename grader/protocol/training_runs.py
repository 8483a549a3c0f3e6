"""Locates the weights of training runs.

The weights of a run at all its checkpoints are one safetensors file, which ships with the grader or
lies in the cache folder.
"""

import hashlib
from pathlib import Path

from grader.protocol.installation import cache_folder
from grader.protocol.model_names import TrainingRun

_MODELS = Path(__file__).parents[1] / "models"


def run_file(name: str) -> Path | None:
    """Return the file with a run's weights, or None if the run has yet to be trained.

    Raises:
        KernelError: The name is not a training run's.
    """
    shipped = _MODELS / "runs" / f"{TrainingRun.parse(name)}.safetensors"
    if shipped.is_file():
        return shipped
    cached = cached_run_file(name)
    return cached if cached.is_file() else None


def cached_run_file(name: str) -> Path:
    """Return the cache file for a run that does not ship.

    Its name contains a digest of the training code, so that changed code trains anew.

    Raises:
        KernelError: The name is not a training run's, or there is no cache folder.
    """
    recipe = hashlib.sha256((_MODELS / "training.py").read_bytes()).hexdigest()[:20]
    return cache_folder() / "runs" / f"{TrainingRun.parse(name)}-{recipe}.safetensors"
