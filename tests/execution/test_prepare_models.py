"""Hidden models are built while a notebook runs: the command, and the builder that waits for it."""

import io
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import torch

from grader.errors import KernelError
from grader.execution.prepare_models import WeightsBuilder
from grader.models import load_model, read_weights
from grader.models.__main__ import main

pytestmark = pytest.mark.kernel

QUICK = ["generic-2x3@4/77", "planted-2x2@3/99+heads"]
ENDLESS = ["generic-12x12@4/999999"] * 2 + [f"planted-12x12@{seed}" for seed in range(100)]


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make temporary folders below the test's folder and return it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def children() -> list[psutil.Process]:
    """Return the child processes that this test started and that still exist, zombies included.

    Fork servers of other tests existed before and are left out.
    """
    processes: list[psutil.Process] = psutil.Process().children(recursive=True)
    return [process for process in processes if process not in EARLIER]


EARLIER: list[psutil.Process] = []


@pytest.fixture(autouse=True)
def _earlier() -> None:
    EARLIER[:] = psutil.Process().children(recursive=True)


def test_files_are_what_their_names_mean(temporary: Path) -> None:
    """Each name has a private file of its own, in any order of requests, and repeatedly."""
    with WeightsBuilder(QUICK) as builder:
        assert stat.S_IMODE(next(temporary.iterdir()).stat().st_mode) == 0o700
        files = {name: builder.file(name) for name in reversed(QUICK)}
        assert files == {name: builder.file(name) for name in QUICK}
        for name, file in files.items():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert torch.equal(read_weights(file, "cpu").W_Q, load_model(name, "cpu").W_Q)
    assert (list(temporary.iterdir()), children()) == ([], [])


def test_a_builder_that_waits_is_gone_on_entry(temporary: Path) -> None:
    """All files exist on entry and the building process has ended, for machines short of memory."""
    with WeightsBuilder(QUICK, wait_on_entry=True) as builder:
        assert children() == []
        folder = next(temporary.iterdir())
        assert {*folder.glob("*.safetensors")} == {builder.file(name) for name in QUICK}


def test_a_name_that_comes_twice_is_built_once() -> None:
    """A repeated name has one file, and later names keep their own."""
    with WeightsBuilder([QUICK[0], QUICK[0], QUICK[1]]) as builder:
        last = builder.file(QUICK[1])
        assert sorted(last.parent.iterdir()) == [builder.file(name) for name in QUICK]


def test_names_are_no_arguments() -> None:
    """The builder's arguments and environment, which others can read, name no model."""
    with WeightsBuilder(ENDLESS):
        [process] = children()
        assert not any("planted" in word for word in process.cmdline())
        assert not any("planted" in word for word in process.environ().values())


def test_no_names_start_nothing(temporary: Path) -> None:
    """Without hidden models no process is started."""
    with WeightsBuilder([]):
        assert children() == []
    assert list(temporary.iterdir()) == []


def test_a_failure_is_the_builders_last_line(temporary: Path) -> None:
    """A wrong name fails every model from there on, in one line; earlier models are available."""
    with WeightsBuilder([QUICK[0], "planted-1x4", QUICK[1]]) as builder:
        for name in ("planted-1x4", QUICK[1], "planted-1x4"):
            with pytest.raises(KernelError, match=r"could not be built: .* 2 layers or") as error:
                builder.file(name)
            assert "\n" not in str(error.value)
        assert builder.file(QUICK[0]).is_file()
    assert list(temporary.iterdir()) == []


def test_a_builder_that_dies_is_one_line() -> None:
    """A killed builder is reported without waiting for the timeout."""
    with WeightsBuilder(ENDLESS) as builder:
        children()[0].kill()
        with pytest.raises(KernelError, match="could not be built: the process printed no message"):
            builder.file(ENDLESS[-1])


def test_waiting_has_a_timeout(temporary: Path) -> None:
    """A model that takes too long is an error of one line, and the builder is stopped at once."""
    with WeightsBuilder(ENDLESS, timeout=0.2) as builder:
        with pytest.raises(KernelError, match=r"took more than 0\.2 s") as error:
            builder.file(ENDLESS[-1])
        assert "\n" not in str(error.value)
    assert (list(temporary.iterdir()), children()) == ([], [])


def test_an_error_beside_it_leaves_nothing(temporary: Path) -> None:
    """After any exception neither process nor files remain, and the exception propagates."""
    with pytest.raises(KeyError), WeightsBuilder([*QUICK, *ENDLESS]) as builder:
        builder.file(builder.file(QUICK[0]).name)
    assert (list(temporary.iterdir()), children()) == ([], [])


def test_what_cannot_be_started_leaves_nothing(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If Python cannot be started, the operating system's error is raised and no folder remains."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(FileNotFoundError, match="/nowhere/python"):
        WeightsBuilder(QUICK).__enter__()
    assert list(temporary.iterdir()) == []


Command = Callable[..., "tuple[int, str, str]"]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `python -m grader.models`; return its exit code, standard output and standard error."""

    def run(*arguments: object, names: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["models", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(names))
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0), *capsys.readouterr()
        return 0, *capsys.readouterr()

    return run


@pytest.mark.parametrize("by_argument", [True, False])
def test_the_command_writes_files_in_order(
    tmp_path: Path, command: Command, *, by_argument: bool
) -> None:
    """Each name becomes a private file in a private directory, numbered and announced in order."""
    names, folder = [*QUICK, QUICK[0]], tmp_path / "new" / "folder"
    said = "\n".join(names)
    done = command("--weights", folder, *(names if by_argument else ()), names=said)
    assert done == (0, "0\n1\n2\n", "")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [f"{i}.safetensors" for i in range(3)]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert [read_weights(file, "cpu").cfg.n_heads for file in files] == [3, 2, 3]


def test_the_command_stops_at_a_wrong_name(tmp_path: Path, command: Command) -> None:
    """Files written before remain; the error is one line, with exit code 3."""
    code, written, line = command("--weights", tmp_path, QUICK[0], "planted-1x1", QUICK[0])
    assert (code, written, line.count("\n")) == (3, "0\n", 1)
    assert "2 layers or more" in line
    assert [file.name for file in tmp_path.iterdir()] == ["0.safetensors"]


def test_the_command_needs_one_run_or_a_directory(tmp_path: Path, command: Command) -> None:
    """Wrong usage is exit code 2, an impossible directory 3; a training run's file is printed."""
    assert [command(*names)[0] for names in ((), (QUICK[0], QUICK[0]))] == [2, 2]
    (tmp_path / "file").touch()
    code, _, line = command("--weights", tmp_path / "file", QUICK[0])
    assert (code, line.count("\n")) == (3, 1)
    code, path, _ = command("trained-2x4@0")
    assert code == 0
    assert path.endswith("trained-2x4@0.safetensors\n")
