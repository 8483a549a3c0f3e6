"""Fixtures: a target environment for each attack, and the backends that work on this machine."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox.select import check_backends
from tests.attacks.grading import FORKED, session_for
from tests.attacks.target import Target

DISPOSABLE_MACHINE = Path("/run/throw-away")
"""This file marks a machine that may be damaged; attacks run without isolation only there."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Reverse the order of the attacks if ATTACKS_REVERSED is set: the order must not matter."""
    if os.environ.get("ATTACKS_REVERSED"):
        attacks = [item for item in items if item.path.parent == Path(__file__).parent]
        others = [item for item in items if item.path.parent != Path(__file__).parent]
        items[:] = [*others, *reversed(attacks)]


def strongest() -> str:
    """Return the name of the strongest backend that works on this machine; empty if none does."""
    return next((trial.backend.name for trial in check_backends() if trial.problem is None), "")


STRONGEST = strongest()


def _ready(isolation: str) -> str:
    """Open the session, and its fork server, before any target is created."""
    if not STRONGEST:
        pytest.skip("no sandbox works on this machine")
    session_for(isolation)
    return isolation


@pytest.fixture(params=[FORKED + STRONGEST])
def backend(request: pytest.FixtureRequest) -> str:
    """The sandbox with forked kernels, which saves seconds per attack."""
    return _ready(request.param)


@pytest.fixture(params=[FORKED + STRONGEST, STRONGEST])
def each_backend(request: pytest.FixtureRequest) -> str:
    """The sandbox with forked kernels, then with started ones."""
    return _ready(request.param)


@pytest.fixture
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A new target for each submission; its folder's name is short, for socket addresses."""
    with Target(tmp_path_factory.mktemp("w")) as target:
        yield target
