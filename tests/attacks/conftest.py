"""Worlds to attack and the kinds of isolation that hold on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.isolation.choice import trials
from tests.attacks.grading import WARM, sitting
from tests.attacks.world import World

THROW_AWAY = Path("/run/throw-away")
"""A machine that may be lost says so by this file: only there does anything run unisolated."""


def backends() -> list[str]:
    """The strongest kind of isolation that works here; another machine has another."""
    return [WARM + trial.backend.name for trial in trials() if trial.problem is None][:1]


@pytest.fixture(params=backends() or [""])
def backend(request: pytest.FixtureRequest) -> str:
    """One kind of isolation after the other, with its parent there before any world is."""
    if not request.param:
        pytest.skip("no kind of isolation holds on this machine")
    sitting(str(request.param))
    return str(request.param)


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world of its own for each submission; the folder's name is short, as sockets need."""
    with World(tmp_path_factory.mktemp("w")) as made:
        yield made
