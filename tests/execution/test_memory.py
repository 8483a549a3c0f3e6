"""How much memory grading needs, said beforehand."""

from pathlib import Path

import pytest

from grader.execution.memory import memory_here, memory_needed, warning

GB = 2**30


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A directory with a gigabyte of weights, none of it on the disk."""
    with (tmp_path / "model.safetensors").open("wb") as file:
        file.truncate(GB)
    (tmp_path / "config.json").write_text("{}")
    return tmp_path


def test_weights_are_counted_with_their_copies(weights: Path) -> None:
    """The notebook's, the probes', the pristine ones."""
    needed = memory_needed(str(weights))
    assert needed is not None
    assert 5 * GB < needed < 6 * GB


@pytest.mark.parametrize("name", ["gpt2-small", "gpt2", "openai-community/gpt2"])
def test_a_model_of_a_hub_is_found_in_its_cache(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """By the lab's name for it too."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    assert memory_needed(name) is None
    snapshots = tmp_path / "hub" / "models--openai-community--gpt2" / "snapshots"
    snapshots.mkdir(parents=True)
    (snapshots / "abc").symlink_to(weights)
    assert memory_needed(name) == memory_needed(str(weights))


def test_too_little_is_said_with_both_numbers(weights: Path) -> None:
    """And enough with one; of a constructed model nothing is said."""
    assert warning(str(weights), 8 * GB) == f"Grading on {weights} needs about 5.4 GB of memory."
    said = warning(str(weights), GB)
    assert said is not None
    assert said.endswith("and there are 1.0 GB here: the system may end it. Give it more.")
    assert warning("planted-12x12", 0) is None
    assert warning("no-such-model", 0) is None


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("memory.max", ""),
        ("memory/memory.limit_in_bytes", ""),
        ("docker/a1/memory.max", "0::/docker/a1\n"),
        ("memory/docker/a1/memory.limit_in_bytes", "12:cpu,cpuacct:/x\n9:memory:/docker/a1\n"),
    ],
)
def test_a_containers_limit_counts(tmp_path: Path, file: str, said: str) -> None:
    """Where it is lower than what the machine has, in both versions; `max` is no limit."""
    own, limit = tmp_path / "own", tmp_path / file
    own.write_text(said)
    limit.parent.mkdir(parents=True, exist_ok=True)
    limit.write_text("max\n")
    assert memory_here(tmp_path, own) > GB
    limit.write_text(f"{768 * 2**20}\n")
    assert memory_here(tmp_path, own) == 768 * 2**20


def test_without_control_groups_the_machines_memory_counts(tmp_path: Path) -> None:
    """As on macOS."""
    assert memory_here(tmp_path / "none", tmp_path / "none") > GB
