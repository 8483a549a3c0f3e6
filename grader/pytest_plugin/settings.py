"""Reads the lab and the grading settings of a test run from its options and its pytest.ini."""

from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.files.escape import escape_text
from grader.grading.session import Settings
from grader.rubric.hidden_models import random_seed
from grader.rubric.load import RubricFile, load_rubric

SEED_KEY = "lab_seed"
"""Key of the run's seed in the input of a pytest-xdist worker."""


def rubric_from_config(config: pytest.Config) -> RubricFile:
    """Load the rubric of the lab that is named.

    Raises:
        UsageError: The rubric is absent or has mistakes; each is listed with its line.
    """
    try:
        return load_rubric(_lab_name(config))
    except GraderError as error:
        raise pytest.UsageError(escape_text(str(error))) from error


def settings_from_config(config: pytest.Config) -> Settings:
    """Return the settings, with one seed for all notebooks and all processes of the run.

    Args:
        config: The run's configuration; in a worker of pytest-xdist it holds the first process's
            seed.
    """
    option = config.option
    key = Path(option.lab_key) if option.lab_key else None
    full = option.lab_full or key is not None
    seed: int | None = getattr(config, "workerinput", {}).get(SEED_KEY, option.lab_seed)
    if full and key is None and seed is None:
        seed = random_seed()
    return Settings(
        model=option.lab_model,
        device=option.lab_device,
        seed=seed,
        full=full,
        hidden_key=key,
        isolation=option.lab_isolation,
    )


def _lab_name(config: pytest.Config) -> str:
    """Return the lab as it was given; a file named in pytest.ini is relative to that file."""
    name: str | None = config.getoption("lab")
    if name is not None:
        return name
    setting: str = config.getini("lab")
    if setting.endswith((".yaml", ".yml")) and config.inipath is not None:
        return str(config.inipath.parent / setting)
    return setting
