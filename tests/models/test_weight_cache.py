"""Tests cached weights: mapped models are the same, and take memory only when written to."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from grader.models import load_model, read_weights, write_weights
from grader.models.weight_cache import cached_weights, store_weights
from grader.models.weight_file import map_weights

ROOT = Path(__file__).parents[2]
NAMES = ["planted-3x2@7", "planted-3x4@7/10000", "generic-3x5@7", "generic-2x3@1/77+heads"]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use an empty cache folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("INDUCTION_LAB_CACHE", raising=False)
    return tmp_path


@pytest.mark.parametrize("name", NAMES)
def test_a_mapped_model_is_the_same_bit_for_bit(name: str, tmp_path: Path) -> None:
    """A mapped model has the same weights, strides, alignment and logits."""
    file = tmp_path / "0.safetensors"
    write_weights(name, file)
    mapped, built = read_weights(file, "cpu", mapped=True), load_model(name, "cpu")
    for read, expected in zip(mapped.parameters(), built.parameters(), strict=True):
        assert torch.equal(read, expected)
        assert read.stride() == expected.stride()
        assert read.data_ptr() % 64 == 0
        assert not read.requires_grad
    tokens = torch.randint(
        0, built.cfg.d_vocab, (2, 20), generator=torch.Generator().manual_seed(0)
    )
    assert torch.equal(mapped(tokens), built(tokens))
    large = [weight for weight in built.parameters() if weight.nbytes > 2**20]
    assert sum(weight.nbytes for weight in map_weights(file).values()) >= sum(
        weight.nbytes for weight in large
    )


def test_writes_to_one_model_affect_no_other(tmp_path: Path) -> None:
    """A write changes neither the file nor models mapped before or after it."""
    file = tmp_path / "0.safetensors"
    write_weights("planted-2x1@3/500", file)
    content = file.read_bytes()
    before, changed = (read_weights(file, "cpu", mapped=True) for _ in range(2))
    changed.W_E.zero_()
    changed.blocks[0].attn.W_Q.fill_(3.0)
    after = read_weights(file, "cpu", mapped=True)
    assert file.read_bytes() == content
    for other in (before, after):
        assert torch.equal(other.W_E, load_model("planted-2x1@3/500", "cpu").W_E)
        assert torch.equal(other.W_Q, load_model("planted-2x1@3/500", "cpu").W_Q)


@pytest.mark.usefixtures("cache")
def test_a_model_is_stored_once_for_all_users() -> None:
    """A stored model is found by its name, is readable by all users, and is not written twice."""
    name = "generic-2x3@1/77"
    assert cached_weights(name) is None
    file = store_weights(name)
    written = file.stat().st_mtime_ns
    assert store_weights(name) == cached_weights(name) == file
    assert file.stat().st_mtime_ns == written
    assert file.stat().st_mode & 0o777 == 0o644
    assert cached_weights("generic-2x3@2/77") is None


@pytest.mark.usefixtures("cache")
def test_a_damaged_file_is_rewritten() -> None:
    """A truncated file is not used, and storing the model again replaces it."""
    file = store_weights("generic-2x3@1/77")
    os.truncate(file, file.stat().st_size - 1)
    assert cached_weights("generic-2x3@1/77") is None
    assert store_weights("generic-2x3@1/77") == file == cached_weights("generic-2x3@1/77")


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
@pytest.mark.usefixtures("cache")
def test_copies_of_a_cached_model_take_no_memory() -> None:
    """Copies of a cached model share mapped pages; without the cache each takes 100 MB."""
    store_weights("planted-2x1@1")
    cached, built = _megabytes("planted-2x1@1"), _megabytes("planted-2x1@2")
    assert cached < 40
    assert built > 100


def _megabytes(name: str) -> int:
    command = [sys.executable, "-m", "tests.models.memory_of_copies", name]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return int(done.stdout)


def test_files_with_an_old_cache_key_are_removed(cache: Path) -> None:
    """Storing a model deletes its outdated files, and no file of another model."""
    name = "planted-3x2@7"
    folder = store_weights(name).parent
    store_weights(name).unlink()
    for other in (f"{name}-{'0' * 20}", f"{name}1-{'0' * 20}", "trained-2x4@0-abc"):
        (folder / f"{other}.safetensors").touch()
    stored = store_weights(name)
    assert {path.name for path in folder.iterdir()} == {
        stored.name,
        f"{name}1-{'0' * 20}.safetensors",
        "trained-2x4@0-abc.safetensors",
    }
    assert cache in stored.parents
