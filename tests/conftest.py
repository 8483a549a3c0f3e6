"""For all tests: one torch thread each, and the network only when it is asked for."""

import os

import pytest
from hypothesis import settings

# Test processes that share cores would wait for each other's threads.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# No deadline: a busy machine is no bug. No database: a checkout stays as it was.
settings.register_profile("grader", deadline=None, database=None)
settings.load_profile("grader")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--network`."""
    parser.addoption("--network", action="store_true", help="run the tests that need a model hub")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what is marked `network` unless a run asks for it."""
    if config.getoption("--network"):
        return
    for item in items:
        if item.get_closest_marker("network"):
            item.add_marker(pytest.mark.skip(reason="needs a model hub: run with --network"))
