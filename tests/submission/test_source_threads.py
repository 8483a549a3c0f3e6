"""Parsing in the threads of a batch."""

import ast
import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import grader
from grader.submission.source import parse_or_none

SOURCE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted(Path(grader.__file__).parent.joinpath("sandbox").rglob("*.py"))
)


@pytest.fixture
def interrupted() -> Iterator[None]:
    """Switch threads at every garbage collection, as any finaliser may do."""

    def switch(_phase: str, _info: object) -> None:
        time.sleep(0)

    threshold = gc.get_threshold()
    gc.callbacks.append(switch)
    gc.set_threshold(50)
    yield
    gc.set_threshold(*threshold)
    gc.callbacks.remove(switch)


@pytest.mark.usefixtures("interrupted")
def test_threads_parse_side_by_side() -> None:
    """Parsing in several threads raises nothing: CPython's parser alone would now and then."""
    with ThreadPoolExecutor(4) as executor:
        trees = list(executor.map(parse_or_none, [SOURCE] * 24))
    assert {type(tree) for tree in trees} == {ast.Module}
