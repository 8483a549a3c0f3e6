"""Taking turns on one device: many beside each other, or one that needs all of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Turns:
    """Lets runs go side by side, until one asks to be alone."""

    def __init__(self) -> None:
        """Nobody runs yet."""
        self._changed = Condition()
        self._running = 0
        self._alone = False

    @contextmanager
    def beside_others(self) -> Iterator[None]:
        """Run while others do; whoever is or wants to be alone comes first."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Run with nobody beside: those that run already are waited for."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._alone = True
            self._changed.wait_for(lambda: not self._running)
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()
