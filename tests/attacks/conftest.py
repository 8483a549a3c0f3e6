"""Worlds to attack and the kinds of isolation that hold on this machine."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox.select import trials
from tests.attacks.grading import WARM, sitting
from tests.attacks.world import World

THROW_AWAY = Path("/run/throw-away")
"""A machine that may be lost says so by this file: only there does anything run unisolated."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the opposite order when asked: what comes first must not matter to what comes after."""
    if os.environ.get("ATTACKS_REVERSED"):
        mine = [item for item in items if item.path.parent == Path(__file__).parent]
        others = [item for item in items if item.path.parent != Path(__file__).parent]
        items[:] = [*others, *reversed(mine)]


def strongest() -> str:
    """The strongest kind of isolation that works here; another machine has another."""
    return next((trial.backend.name for trial in trials() if trial.problem is None), "")


STRONGEST = strongest()


def _opened(isolation: str) -> str:
    """A kind of isolation, with its parent there before any world is."""
    if not STRONGEST:
        pytest.skip("no kind of isolation holds on this machine")
    sitting(isolation)
    return isolation


@pytest.fixture(params=[WARM + STRONGEST])
def backend(request: pytest.FixtureRequest) -> str:
    """The sandbox that forked kernels are in: seconds less for each attack."""
    return _opened(request.param)


@pytest.fixture(params=[WARM + STRONGEST, STRONGEST])
def each_backend(request: pytest.FixtureRequest) -> str:
    """That, and the one that kernels are started in."""
    return _opened(request.param)


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world of its own for each submission; the folder's name is short, as sockets need."""
    with World(tmp_path_factory.mktemp("w")) as made:
        yield made
