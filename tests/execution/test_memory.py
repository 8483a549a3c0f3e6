"""The memory that grading needs is estimated and announced beforehand."""

from pathlib import Path

import pytest

from grader.execution.memory import available_memory, memory_needed, memory_warning

GB = 2**30


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Return a directory with a sparse file of one gigabyte of weights."""
    with (tmp_path / "model.safetensors").open("wb") as file:
        file.truncate(GB)
    (tmp_path / "config.json").write_text("{}")
    return tmp_path


def test_weights_are_counted_with_their_copies(weights: Path) -> None:
    """The estimate covers the copies of the notebook, of the probes and of the comparison."""
    needed = memory_needed(str(weights))
    assert needed is not None
    assert 5 * GB < needed < 6 * GB


@pytest.mark.parametrize("name", ["gpt2-small", "gpt2", "openai-community/gpt2"])
def test_a_model_of_a_hub_is_found_in_its_cache(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The lab's own name for a model is resolved too."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    assert memory_needed(name) is None
    snapshots = tmp_path / "hub" / "models--openai-community--gpt2" / "snapshots"
    snapshots.mkdir(parents=True)
    (snapshots / "abc").symlink_to(weights)
    assert memory_needed(name) == memory_needed(str(weights))


def test_too_little_memory_is_announced_with_both_numbers(weights: Path) -> None:
    """If memory suffices, one number is given; synthetic and unknown models need no line."""
    assert (
        memory_warning(str(weights), 8 * GB)
        == f"Grading on {weights} needs about 5.4 GB of memory."
    )
    text = memory_warning(str(weights), GB)
    assert text is not None
    assert text.endswith("but only 1.0 GB are available: the system may kill the kernel.")
    assert memory_warning("planted-12x12", 0) is None
    assert memory_warning("no-such-model", 0) is None


@pytest.mark.parametrize(
    ("file", "groups"),
    [
        ("memory.max", ""),
        ("memory/memory.limit_in_bytes", ""),
        ("docker/a1/memory.max", "0::/docker/a1\n"),
        ("memory/docker/a1/memory.limit_in_bytes", "12:cpu,cpuacct:/x\n9:memory:/docker/a1\n"),
    ],
)
def test_a_containers_limit_counts(tmp_path: Path, file: str, groups: str) -> None:
    """A lower limit of either version of control groups wins; `max` is no limit."""
    own, limit = tmp_path / "own", tmp_path / file
    own.write_text(groups)
    limit.parent.mkdir(parents=True, exist_ok=True)
    limit.write_text("max\n")
    assert available_memory(tmp_path, own) > GB
    limit.write_text(f"{768 * 2**20}\n")
    assert available_memory(tmp_path, own) == 768 * 2**20


def test_without_control_groups_the_machines_memory_counts(tmp_path: Path) -> None:
    """Systems without control groups, such as macOS, report free memory."""
    assert available_memory(tmp_path / "none", tmp_path / "none") > GB
