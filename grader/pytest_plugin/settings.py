"""What a run was asked for, in its options or its pytest.ini."""

from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.grading.session import Settings
from grader.render.escape import plain
from grader.rubric.hidden_models import fresh_seed
from grader.rubric.load import RubricFile, find_rubric

SEED = "lab_seed"
"""What a worker's input calls the run's seed."""


def chosen_rubric(config: pytest.Config) -> RubricFile:
    """The rubric of the lab that is named.

    Args:
        config: Of the run.

    Raises:
        UsageError: There is none, or it has mistakes; every one with its line.
    """
    try:
        return find_rubric(_name(config))
    except GraderError as error:
        raise pytest.UsageError(plain(str(error))) from error


def chosen_settings(config: pytest.Config) -> Settings:
    """How to grade; one seed for all notebooks, and for all processes that a run is spread over.

    Args:
        config: Of the run; in a worker of pytest-xdist it holds what the first process drew.
    """
    option = config.option
    key = Path(option.lab_key) if option.lab_key else None
    full = option.lab_full or key is not None
    seed: int | None = getattr(config, "workerinput", {}).get(SEED, option.lab_seed)
    if full and key is None and seed is None:
        seed = fresh_seed()
    return Settings(
        model=option.lab_model,
        device=option.lab_device,
        seed=seed,
        full=full,
        hidden_key=key,
        isolation=option.lab_isolation,
    )


def _name(config: pytest.Config) -> str:
    """As it was given; a file in pytest.ini is named from where that is."""
    given: str | None = config.getoption("lab")
    if given is not None:
        return given
    name: str = config.getini("lab")
    if name.endswith((".yaml", ".yml")) and config.inipath is not None:
        return str(config.inipath.parent / name)
    return name
