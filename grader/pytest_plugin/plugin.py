"""The plugin's options. A run without a lab ends here: nothing more is imported or hooked in."""

from argparse import ArgumentTypeError
from typing import Any

import pytest

_MOST = 2**31 - 1


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) > _MOST:
        raise ArgumentTypeError(f"{text!r} is no whole number from 0 to {_MOST}")
    return int(text)


# One option a row: as few as make sense of `grade NOTEBOOK`'s.
_OPTIONS: dict[str, dict[str, Any]] = {
    "--lab": {
        "metavar": "NAME|FILE",
        "help": "Grade notebooks by this lab or rubric file: a test for each criterion.",
    },
    "--lab-full": {
        "action": "store_true",
        "help": "Ask the hidden probes too; needs the reference or a hidden key.",
    },
    "--lab-key": {"metavar": "FILE", "help": "A hidden key, where the reference is not."},
    "--lab-seed": {"type": _seed, "metavar": "N", "help": "Of the run, as `grade --seed`."},
    "--lab-model": {"metavar": "NAME|DIR", "help": "Grading model in place of the rubric's."},
    "--lab-device": {
        "choices": ["auto", "cpu", "cuda"],
        "default": "auto",
        "help": "auto, if not given.",
    },
    "--lab-hints": {
        "type": int,
        "choices": range(4),
        "default": 1,
        "help": "How many on each mistake, from 0 to 3; 1 by default.",
    },
    "--lab-isolation": {
        "choices": ["auto", "strict", "none"],
        "default": "auto",
        "help": "Of notebooks: the best there is here, no less than a tried sandbox, or none.",
    },
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, and a line for the course's pytest.ini."""
    group = parser.getgroup("lab", "grading notebooks of a lab")
    for name, described in _OPTIONS.items():
        group.addoption(name, **described)
    parser.addini("lab", "Grade notebooks by this lab or rubric file, as with --lab.", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Hook in what grades, where a lab is named."""
    given = config.getoption("lab")
    if given if given is not None else config.getini("lab"):
        from grader.pytest_plugin.hooks import Lab  # noqa: PLC0415 (other runs never need it)

        config.pluginmanager.register(Lab(config), name="lab")
