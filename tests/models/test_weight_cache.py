"""Weights that stay in their file: the same model, and memory only for what is written to."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from grader.models import load_model, read_weights, write_weights
from grader.models.weight_cache import keep_weights, kept_weights
from grader.models.weight_file import map_weights

NAMES = ["planted-3x2@7", "planted-3x4@7/10000", "generic-3x5@7", "generic-2x3@1/77+heads"]
MEMORY = """
import sys
from pathlib import Path
from grader.kernel.model_store import Shelf
from grader.models import load_model  # noqa: PLC0415
def anonymous():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("Anonymous"))
Shelf("cpu").pristine("generic-1x2@7/50"), load_model("planted-2x1@2/50", "cpu").cfg
shelf = Shelf("cpu")
from grader.models.tokenizer import gpt2_tokenizer
gpt2_tokenizer(add_bos_token=True)
before = anonymous()
for _ in range(3):
    model = shelf.pristine(sys.argv[1])
copies = [shelf.for_notebook(sys.argv[1]) for _ in range(2)]
print(sum(float(copy.W_E.sum()) for copy in copies), file=sys.stderr)
assert not any(copy.W_U is model.W_U for copy in copies)
print(anonymous() - before)
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own, the tokenizer's folder aside."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("INDUCTION_LAB_CACHE", raising=False)
    return tmp_path


@pytest.mark.parametrize("name", NAMES)
def test_a_mapped_model_is_the_same_bit_for_bit(name: str, tmp_path: Path) -> None:
    """Weights, where they begin in memory, how they lie there, and what is computed with them."""
    file = tmp_path / "0.safetensors"
    write_weights(name, file)
    mapped, built = read_weights(file, "cpu", mapped=True), load_model(name, "cpu")
    for ours, theirs in zip(mapped.parameters(), built.parameters(), strict=True):
        assert torch.equal(ours, theirs)
        assert ours.stride() == theirs.stride()
        assert ours.data_ptr() % 64 == 0
        assert not ours.requires_grad
    tokens = torch.randint(
        0, built.cfg.d_vocab, (2, 20), generator=torch.Generator().manual_seed(0)
    )
    assert torch.equal(mapped(tokens), built(tokens))
    large = [weight for weight in built.parameters() if weight.nbytes > 2**20]
    assert sum(weight.nbytes for weight in map_weights(file).values()) >= sum(
        weight.nbytes for weight in large
    )


def test_what_is_written_to_one_is_seen_by_no_other(tmp_path: Path) -> None:
    """Not by the file, not by a model mapped before, not by one mapped after."""
    file = tmp_path / "0.safetensors"
    write_weights("planted-2x1@3/500", file)
    content = file.read_bytes()
    before, ours = (read_weights(file, "cpu", mapped=True) for _ in range(2))
    ours.W_E.zero_()
    ours.blocks[0].attn.W_Q.fill_(3.0)
    after = read_weights(file, "cpu", mapped=True)
    assert file.read_bytes() == content
    for other in (before, after):
        assert torch.equal(other.W_E, load_model("planted-2x1@3/500", "cpu").W_E)
        assert torch.equal(other.W_Q, load_model("planted-2x1@3/500", "cpu").W_Q)


@pytest.mark.usefixtures("cache")
def test_a_model_is_kept_once_and_for_all_users() -> None:
    """It is found by its name alone, and not written twice."""
    name = "generic-2x3@1/77"
    assert kept_weights(name) is None
    file = keep_weights(name)
    written = file.stat().st_mtime_ns
    assert keep_weights(name) == kept_weights(name) == file
    assert file.stat().st_mtime_ns == written
    assert file.stat().st_mode & 0o777 == 0o644
    assert kept_weights("generic-2x3@2/77") is None


@pytest.mark.usefixtures("cache")
def test_a_damaged_file_is_as_good_as_none() -> None:
    """It is not mapped, and made anew by whoever may."""
    file = keep_weights("generic-2x3@1/77")
    os.truncate(file, file.stat().st_size - 1)
    assert kept_weights("generic-2x3@1/77") is None
    assert keep_weights("generic-2x3@1/77") == file == kept_weights("generic-2x3@1/77")


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
@pytest.mark.usefixtures("cache")
def test_copies_of_a_kept_model_take_no_memory() -> None:
    """In use, kept beside that, and twice a notebook's own: 100 MB each, were they not mapped."""
    keep_weights("planted-2x1@1")
    kept, built = _megabytes("planted-2x1@1"), _megabytes("planted-2x1@2")
    assert kept < 40
    assert built > 100


def _megabytes(name: str) -> int:
    command = [sys.executable, "-c", MEMORY, name]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout)


def test_what_another_recipe_made_is_removed(cache: Path) -> None:
    """Each takes 136 MB; a file of another model stays."""
    name = "planted-3x2@7"
    folder = keep_weights(name).parent
    keep_weights(name).unlink()
    for other in (f"{name}-{'0' * 20}", f"{name}1-{'0' * 20}", "trained-2x4@0-abc"):
        (folder / f"{other}.safetensors").touch()
    kept = keep_weights(name)
    assert {path.name for path in folder.iterdir()} == {
        kept.name,
        f"{name}1-{'0' * 20}.safetensors",
        "trained-2x4@0-abc.safetensors",
    }
    assert cache in kept.parents
