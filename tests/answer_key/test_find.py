"""Finding answer keys: the shipped one, a cached one or a file."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.answer_key.file import encode_key
from grader.answer_key.find import cached_key_path, find_key, read_key_file, shipped_key
from grader.answer_key.model import AnswerKey, KeyRequest
from grader.errors import AnswerKeyError
from grader.files.atomic_write import write_atomically
from grader.rubric.load import RubricFile, load_rubric, parse_rubric
from tests.builders import MINI_RUBRIC, answer_key, number

REFERENCE = MINI_RUBRIC.replace("modules: [mini]", "modules: [reference.variants]")
OTHERS = {
    "a model": REFERENCE.replace("planted-4x3", "generic-4x3"),
    "a probe": REFERENCE.replace("compute_induction_scores(model)}", "f(model)}"),
    "a reference": REFERENCE.replace("reference.variants", "reference.mistakes.scores"),
    "a lab": REFERENCE.replace("lab: mini", "lab: maxi"),
}


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def mini(text: str = REFERENCE) -> RubricFile:
    """Return a loaded rubric."""
    return parse_rubric(text, name="mini.yaml")


def path(text: str = REFERENCE, device: str = "cpu", seed: int = 0) -> Path:
    """Return the path of a rubric's cached key."""
    return cached_key_path(mini(text), KeyRequest(device=device, seed=seed))


@pytest.mark.parametrize("what", OTHERS)
def test_another_rubric_has_another_path(what: str) -> None:
    """The name of a cached key depends on everything that its values depend on."""
    assert path(OTHERS[what]) != path()


def test_another_device_or_seed_has_another_path() -> None:
    """The name of a cached key depends on the device and the seed."""
    assert len({path(), path(device="cuda"), path(seed=1), path(seed=10)}) == 4


def test_what_a_key_does_not_depend_on_is_not_in_its_path(tmp_path: Path) -> None:
    """Points and words may change; the cache is the user's own."""
    assert path(REFERENCE.replace("hint: Mind", "hint: Watch")) == path()
    assert tmp_path in path().parents


def test_a_cached_key_is_found() -> None:
    """A cached key is not built again."""
    key = answer_key({"scores": number(1)})
    write_atomically(path(), encode_key(key))
    assert repr(find_key(mini(), KeyRequest(device="cpu"))) == repr(key)


def test_the_public_key_fits_every_seed() -> None:
    """Public models do not depend on the seed; a hidden key belongs to one seed."""
    key = answer_key({"scores": number(1)})
    write_atomically(path(), encode_key(key))
    assert repr(find_key(mini(), KeyRequest(device="cpu", seed=7))) == repr(key)
    hidden = KeyRequest(device="cpu", seed=7, hidden=True)
    assert cached_key_path(mini(), hidden) != path(seed=7)


def test_a_hidden_key_is_read_from_a_file(tmp_path: Path) -> None:
    """A key that fits is read; a public key, another rubric's key and a missing file are errors."""
    file, kept = mini(), tmp_path / "hidden.key"
    key = answer_key({"scores": number(1)})
    with pytest.raises(AnswerKeyError, match="Cannot read the key"):
        read_key_file(kept, file, hidden=True)
    kept.write_bytes(encode_key(key))
    with pytest.raises(AnswerKeyError, match="is no hidden key"):
        read_key_file(kept, file, hidden=True)
    about = replace(key.provenance, hidden=True)
    kept.write_bytes(encode_key(replace(key, provenance=about)))
    with pytest.raises(AnswerKeyError, match="another rubric or model"):
        read_key_file(kept, file, hidden=True)
    fitting = replace(key, provenance=replace(about, probing_sha256=file.probing_sha256, seed=7))
    kept.write_bytes(encode_key(fitting))
    assert read_key_file(kept, file, hidden=True).provenance.seed == 7


def test_without_the_reference_there_is_no_new_key() -> None:
    """The message names the package that is not installed."""
    with pytest.raises(AnswerKeyError, match="the package 'mini'"):
        find_key(mini(MINI_RUBRIC), KeyRequest(device="cpu"))


def test_the_key_that_ships_fits_only_its_rubric() -> None:
    """The shipped key is not used with another model or with other probes."""
    file = load_rubric(None)
    assert shipped_key(replace(file, rubric=file.rubric.on_model("gpt2-small"))) is None
    assert shipped_key(replace(file, rubric=file.rubric.select("scores_shape"))) is None
    assert shipped_key(mini()) is None


@pytest.mark.parametrize(("device", "made"), [("cpu", 0), ("auto", 0), ("cuda", 1)])
def test_a_cuda_device_gets_a_key_of_its_own(
    monkeypatch: pytest.MonkeyPatch, device: str, made: int
) -> None:
    """If the reference is installed, a key is built on the GPU: the shipped one is of a CPU."""
    file = load_rubric(None)
    built: list[str] = []

    def build(_file: RubricFile, request: KeyRequest, _progress: object) -> AnswerKey:
        built.append(request.device)
        return answer_key({"scores": number(1)})

    monkeypatch.setattr("grader.answer_key.find.build_key", build)
    found = find_key(file, KeyRequest(device=device))
    assert built == ["cuda"] * made
    assert (repr(found) == repr(shipped_key(file))) is not bool(made)
