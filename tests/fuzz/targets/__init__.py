"""What is fuzzed, one reader a file.

Each has SEEDS to start from, and `one`, which reads some bytes and lets out whatever is no error of
the reader's own.
"""

import importlib
from collections.abc import Callable
from typing import NamedTuple

NAMES = ("frames", "key", "notebook", "rubric", "source")


class Target(NamedTuple):
    """One reader."""

    one: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


def find(name: str) -> Target:
    """A target by its name."""
    module = importlib.import_module(f"{__name__}.{name}")
    return Target(one=module.one, seeds=module.SEEDS)


def one_line(error: Exception) -> None:
    """An error's text is one line that prints."""
    said = str(error)
    assert said, "an error that says nothing"
    assert said.isprintable(), f"not one plain line: {said!r}"
    assert len(said) <= 1000, f"too long: {said[:100]}"
