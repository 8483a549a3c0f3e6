"""The strongest usable backend is selected, and the error says why if there is none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import KernelError
from grader.grading.session import Settings, select_backend
from grader.sandbox import select
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.select import choose_backend
from grader.sandbox.unsandboxed import UNSANDBOXED
from grader.sandbox.verify import verify_backend


class Missing(Bubblewrap):
    """A backend that this machine lacks."""

    name = "gone"

    def unavailable_reason(self) -> str | None:
        """Return a reason."""
        return "gone is not installed: apt install gone"


@pytest.fixture
def no_backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on which no backend works."""
    monkeypatch.setattr(select, "_STRONGEST_FIRST", (Missing(),))
    choose_backend.cache_clear()
    yield
    choose_backend.cache_clear()


def test_the_canary_succeeds_without_a_sandbox() -> None:
    """Outside a sandbox the canary's attempts succeed, so its failures inside mean something."""
    problem = verify_backend(UNSANDBOXED).problem or ""
    for harm in (
        "read a secret",
        "change a result",
        "open an internet socket",
        "signal the grader",
    ):
        assert harm in problem


def test_a_silent_canary_is_a_failure() -> None:
    """A backend in which the canary prints nothing does not count as working."""

    class Silent(type(UNSANDBOXED)):  # type: ignore[misc]  # the class of the one there is
        def start(self, command: list[str], sandbox: object, *, errors: int) -> object:
            return super().start(
                [command[0], "-c", "import sys; sys.exit('silent')"], sandbox, errors=errors
            )

    assert "it does not start here: silent" in (verify_backend(Silent()).problem or "")


@pytest.mark.usefixtures("no_backend")
def test_auto_falls_back_and_strict_does_not() -> None:
    """If no backend works, auto uses none; strict says what is missing and what to do."""
    assert choose_backend("auto") is UNSANDBOXED
    with pytest.raises(KernelError) as caught:
        choose_backend("strict")
    for text in (
        "gone: gone is not installed",
        "apt install bubblewrap",
        "--isolation none",
        "userns",
    ):
        assert text in str(caught.value)
    assert caught.value.exit_code == 3


@pytest.mark.usefixtures("no_backend")
def test_hidden_probes_need_a_sandbox() -> None:
    """Hidden models are used without a sandbox only if isolation is explicitly none."""
    assert select_backend(Settings()) is UNSANDBOXED
    assert select_backend(Settings(full=True, isolation="none")) is UNSANDBOXED
    with pytest.raises(KernelError, match="Isolation"):
        select_backend(Settings(full=True))


def test_verification_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verifying a backend removes the files that it creates."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    verify_backend(UNSANDBOXED)
    assert [path.name for path in tmp_path.iterdir() if "slots" not in path.name] == []
