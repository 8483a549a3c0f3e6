"""Fuzzing targets, one reader a module.

Each module has SEEDS to start from, and `one`, which reads some bytes and raises every error that
is not the reader's own.
"""

import importlib
from collections.abc import Callable
from typing import NamedTuple

NAMES = ("frames", "key", "notebook", "rubric", "source")


class Target(NamedTuple):
    """A reader under test."""

    one: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


def find(name: str) -> Target:
    """Return a target by its name."""
    module = importlib.import_module(f"{__name__}.{name}")
    return Target(one=module.one, seeds=module.SEEDS)


def one_line(error: Exception) -> None:
    """Check that an error's message is one printable line."""
    message = str(error)
    assert message, "an error without a message"
    assert message.isprintable(), f"not one plain line: {message!r}"
    assert len(message) <= 1000, f"too long: {message[:100]}"
