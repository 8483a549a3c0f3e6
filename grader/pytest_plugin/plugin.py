"""The plugin's options. Without a lab, nothing else is imported and no hook is registered."""

from argparse import ArgumentTypeError
from typing import Any

import pytest

_MAX_SEED = 2**31 - 1


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) > _MAX_SEED:
        raise ArgumentTypeError(f"{text!r} is no whole number from 0 to {_MAX_SEED}")
    return int(text)


# The options of `grade NOTEBOOK` that make sense in a test run.
_OPTIONS: dict[str, dict[str, Any]] = {
    "--lab": {
        "metavar": "NAME|FILE",
        "help": "Grade notebooks by this lab or rubric file, with a test for each criterion.",
    },
    "--lab-full": {
        "action": "store_true",
        "help": "Run the hidden probes too. This needs the reference or a hidden key.",
    },
    "--lab-key": {
        "metavar": "FILE",
        "help": "Hidden answer key for --lab-full, if the reference is not installed.",
    },
    "--lab-seed": {"type": _seed, "metavar": "N", "help": "Random seed, as for `grade --seed`."},
    "--lab-model": {
        "metavar": "NAME|DIR",
        "help": "Model to grade on, instead of the rubric's grading model.",
    },
    "--lab-device": {
        "choices": ["auto", "cpu", "cuda"],
        "default": "auto",
        "help": "Device to grade on (default: auto).",
    },
    "--lab-hints": {
        "type": int,
        "choices": range(4),
        "default": 1,
        "help": "Number of hints to show per mistake, from 0 to 3 (default: 1).",
    },
    "--lab-isolation": {
        "choices": ["auto", "strict", "none"],
        "default": "auto",
        "help": "Sandbox: auto uses the strongest available, strict requires one, none uses none.",
    },
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, and the ``lab`` setting of pytest.ini."""
    group = parser.getgroup("lab", "grading notebooks of a lab")
    for name, arguments in _OPTIONS.items():
        group.addoption(name, **arguments)
    parser.addini("lab", "Grade notebooks by this lab or rubric file, as with --lab.", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Register the hooks that grade, if a lab is named."""
    lab = config.getoption("lab")
    if lab if lab is not None else config.getini("lab"):
        from grader.pytest_plugin.hooks import LabPlugin  # noqa: PLC0415 (other runs never need it)

        config.pluginmanager.register(LabPlugin(config), name="lab")
