"""Which backend is taken, and what is said where none can be."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import KernelError
from grader.grading.session import Settings, chosen
from grader.sandbox import select as choice
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.select import choose
from grader.sandbox.unsandboxed import NONE
from grader.sandbox.verify import try_out


class Gone(Bubblewrap):
    """A backend that this machine does not have."""

    name = "gone"

    def missing(self) -> str | None:
        """Always something."""
        return "gone is not installed: apt install gone"


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on which no backend holds."""
    monkeypatch.setattr(choice, "_STRONGEST_FIRST", (Gone(),))
    choose.cache_clear()
    yield
    choose.cache_clear()


def test_no_isolation_does_not_hold() -> None:
    """The canary does not sing by accident: outside a sandbox it can do all the harm there is."""
    problem = try_out(NONE).problem or ""
    for harm in (
        "read a secret",
        "change a result",
        "open an internet socket",
        "signal the grader",
    ):
        assert harm in problem


def test_what_does_not_start_does_not_hold() -> None:
    """A backend whose inside says nothing is not taken for one in which nothing went wrong."""

    class Mute(type(NONE)):  # type: ignore[misc]  # the class of the one there is
        def start(self, command: list[str], sandbox: object, *, errors: int) -> object:
            return super().start(
                [command[0], "-c", "import sys; sys.exit('mute')"], sandbox, errors=errors
            )

    assert "it does not start here: mute" in (try_out(Mute()).problem or "")


@pytest.mark.usefixtures("nothing")
def test_auto_goes_without_and_strict_does_not() -> None:
    """Where nothing holds, auto grades all the same; strict says what is missing and what to do."""
    assert choose("auto") is NONE
    with pytest.raises(KernelError) as caught:
        choose("strict")
    for said in (
        "gone: gone is not installed",
        "apt install bubblewrap",
        "--isolation none",
        "userns",
    ):
        assert said in str(caught.value)
    assert caught.value.exit_code == 3


@pytest.mark.usefixtures("nothing")
def test_hidden_probes_are_not_asked_in_the_open() -> None:
    """Hidden models do not go into a process without a sandbox unless that is said outright."""
    assert chosen(Settings()) is NONE
    assert chosen(Settings(full=True, isolation="none")) is NONE
    with pytest.raises(KernelError, match="Isolation"):
        chosen(Settings(full=True))


def test_a_trial_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying a backend leaves no bait behind."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    try_out(NONE)
    assert [path.name for path in tmp_path.iterdir() if "slots" not in path.name] == []
