"""Tests models written to files: they come back the same, and the files do not reveal names."""

import json
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformer_lens import HookedTransformer

from grader.errors import KernelError
from grader.kernel.model_snapshot import ModelSnapshot
from grader.models import load_model, read_weights, write_weights
from grader.models.transformations import TRANSFORMATION_FUNCTIONS

SMALL = "generic-2x3@4242/77"
NAMES = [
    "planted-3x2@9876543210",
    "planted-3x4@9876543210/10000",
    "generic-3x5@9876543210",
    *(f"planted-3x4@9876543210/10000+{suffix}" for suffix in TRANSFORMATION_FUNCTIONS),
    *(f"generic-3x5@9876543210/300+{suffix}" for suffix in TRANSFORMATION_FUNCTIONS),
    "generic-4x3@9876543210/10000+heads+tokens+scale+blurred",
]
Header = dict[str, Any]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with a small model's weights."""
    write_weights(SMALL, tmp_path / "0.safetensors")
    return tmp_path / "0.safetensors"


def header(file: Path) -> bytes:
    """Return the JSON header of a file."""
    content = file.read_bytes()
    return content[8 : 8 + int.from_bytes(content[:8], "little")]


def activations(model: HookedTransformer) -> dict[str, Tensor]:
    """Return every activation of a model on some tokens."""
    generator = torch.Generator().manual_seed(0)
    tokens = torch.randint(0, model.cfg.d_vocab, (2, 20), generator=generator)
    _, cache = model.run_with_cache(tokens, return_type=None)
    return {"logits": model(tokens), **cache}


def attributes(model: HookedTransformer) -> dict[str, object]:
    """Return every attribute of every module that is no tensor, module or hook."""
    return {
        f"{name}.{attribute}": value
        for name, module in model.named_modules()
        for attribute, value in vars(module).items()
        if attribute.strip("_").partition("_")[0] not in {"cfg", "mod", "hook"}
        and attribute not in {"_parameters", "_buffers", "_modules"}
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_model_comes_back_bit_for_bit(name: str, tmp_path: Path) -> None:
    """Every weight, buffer, attribute, setting and activation is the same."""
    write_weights(name, tmp_path / "0.safetensors")
    read, built = read_weights(tmp_path / "0.safetensors", "cpu"), load_model(name, "cpu")
    actual, expected = read.state_dict(), built.state_dict()
    assert list(actual) == list(expected)
    assert all(torch.equal(actual[key], expected[key]) for key in expected)
    assert all(actual[key].stride() == expected[key].stride() for key in expected)
    assert read.cfg.to_dict() == built.cfg.to_dict()
    assert attributes(read) == attributes(built)
    actual, expected = activations(read), activations(built)
    assert actual.keys() == expected.keys()
    assert all(torch.equal(actual[key], expected[key]) for key in expected)


def test_models_with_gpt2s_vocabulary_have_its_tokenizer(tmp_path: Path) -> None:
    """A planted model with GPT-2's vocabulary has a tokenizer, one with another has none."""
    for name, has_text in (("planted-2x1@9", True), ("planted-2x1@9/300", False)):
        write_weights(name, tmp_path / "0.safetensors")
        model = read_weights(tmp_path / "0.safetensors", "cpu")
        assert (model.tokenizer is not None) == has_text
        if has_text:
            assert model.to_tokens("Hello world").tolist() == [[50256, 15496, 995]]


def test_a_model_is_in_evaluation_mode(file: Path) -> None:
    """A read model has no gradients, training mode or hooks, and is on the requested device."""
    model = read_weights(file, "cpu")
    assert not any(weight.requires_grad for weight in model.parameters())
    assert not any(module.training for module in model.modules())
    assert ModelSnapshot(model).added_hooks() == 0
    assert {weight.device.type for weight in model.parameters()} == {"cpu"}


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_model_is_read_to_the_requested_device(file: Path) -> None:
    """On a CUDA device the model equals `load_model`'s."""
    read, built = read_weights(file, "cuda"), load_model(SMALL, "cuda")
    assert str(read.cfg.device) == str(built.cfg.device)
    assert all(
        torch.equal(actual, expected)
        for actual, expected in zip(read.parameters(), built.parameters(), strict=True)
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_file_does_not_reveal_its_model(name: str, tmp_path: Path) -> None:
    """A file has weights, sizes and `has_text`, but no name, seed, transformation or buffer."""
    write_weights(name, tmp_path / "0.safetensors")
    text = header(tmp_path / "0.safetensors")
    for trace in ("planted", "generic", "@", "+", "9876543210", "seed", "tokens", "blur", "path"):
        assert trace.encode() not in text
    assert name.partition("/")[0].encode() not in (tmp_path / "0.safetensors").read_bytes()
    parsed: Header = json.loads(text)
    metadata = json.loads(parsed.pop("__metadata__")["model"])
    sizes = ["n_layers", "n_heads", "d_model", "d_head", "n_ctx", "d_vocab"]
    assert list(metadata) == [*sizes, "has_text"]
    assert parsed.keys() == {key for key, _ in load_model(name, "cpu").named_parameters()}


def test_names_of_one_shape_differ_in_their_weights_alone(tmp_path: Path) -> None:
    """Another seed or transformation changes only the numbers in the file."""
    files = [tmp_path / str(i) for i in range(3)]
    for name, file in zip(("3x2@1/99", "3x2@8/99", "3x2@1/99+heads"), files, strict=True):
        write_weights(f"planted-{name}", file)
    assert len({header(file) for file in files}) == 1
    assert len({file.stat().st_size for file in files}) == 1
    assert len({file.read_bytes() for file in files}) == 3


def test_a_file_is_standard_safetensors_and_reproducible(file: Path, tmp_path: Path) -> None:
    """Any safetensors reader reads a file, and writing it again gives the same bytes."""
    write_weights(SMALL, tmp_path / "again")
    assert file.read_bytes() == (tmp_path / "again").read_bytes()
    weights = load_file(file)
    n_bytes = sum(weight.numel() * 4 for weight in weights.values())
    assert file.stat().st_size == 8 + len(header(file)) + n_bytes
    assert {weight.dtype for weight in weights.values()} == {torch.float32}


def test_a_model_owns_its_weights(file: Path) -> None:
    """Weights can be written to and outlive the file, which stays unchanged."""
    before = file.read_bytes()
    first, second = read_weights(file, "cpu"), read_weights(file, "cpu")
    snapshot = ModelSnapshot(second)
    first.W_E.zero_()
    first.blocks[0].attn.W_Q.fill_(3.0)
    assert file.read_bytes() == before
    file.write_bytes(bytes(len(before)))
    assert snapshot.changed_weights() == 0
    file.write_bytes(b"")  # reading a mapped page would crash the process here
    assert activations(second)["logits"].isfinite().all()
    assert all(weight.untyped_storage().nbytes() == weight.nbytes for weight in first.parameters())


@contextmanager
def _other_defaults() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    torch.set_default_device("meta")
    yield
    torch.set_default_device(None)
    torch.set_default_dtype(torch.float32)


SWITCHES = [_other_defaults, torch.inference_mode, torch.no_grad, torch.enable_grad]


@pytest.mark.parametrize("switch", SWITCHES)
def test_torchs_global_settings_have_no_effect(switch: Callable[[], Any], file: Path) -> None:
    """Whatever a notebook has set, the model is the same, and the setting is unchanged."""
    expected = load_model(SMALL, "cpu").state_dict()
    with switch():
        grad, dtype, made = torch.is_grad_enabled(), torch.get_default_dtype(), torch.zeros(1)
        model = read_weights(file, "cpu")
        again = torch.zeros(1)
        assert torch.is_grad_enabled() == grad
        assert torch.get_default_dtype() is dtype
        assert (again.device, again.is_inference()) == (made.device, made.is_inference())
    read = model.state_dict()
    assert all(torch.equal(read[key], expected[key]) for key in expected)
    assert {key: read[key].dtype for key in read} == {key: expected[key].dtype for key in expected}
    assert not any(weight.is_inference() for weight in read.values())


def test_random_state_is_unchanged(file: Path) -> None:
    """Reading a file leaves every global generator unchanged."""
    states = torch.get_rng_state(), random.getstate(), str(np.random.get_state())
    read_weights(file, "cpu")
    assert torch.equal(torch.get_rng_state(), states[0])
    assert (random.getstate(), str(np.random.get_state())) == states[1:]


def _set_metadata(**changes: object) -> Callable[[Path], None]:
    """Return a function that changes a file's metadata."""

    def change(file: Path) -> None:
        with safe_open(file, framework="pt") as tensors:
            metadata = json.loads(tensors.metadata()["model"]) | changes
        save_file(load_file(file), file, {"model": json.dumps(metadata)})

    return change


def _set_weight(name: str, weight: Tensor) -> Callable[[Path], None]:
    """Return a function that replaces or adds a weight in a file."""

    def change(file: Path) -> None:
        with safe_open(file, framework="pt") as tensors:
            metadata = tensors.metadata()
        save_file(load_file(file) | {name: weight}, file, metadata)

    return change


DAMAGES: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "empty": lambda file: file.write_bytes(b""),
    "cut short": lambda file: os.truncate(file, file.stat().st_size - 1),
    "cut in the header": lambda file: os.truncate(file, 100),
    "no header": lambda file: file.write_bytes(b"\xff" * 1000),
    "a directory": lambda file: file.rename(file.parent / "old").parent.joinpath(file.name).mkdir(),
    "no metadata": lambda file: save_file(load_file(file), file),
    "metadata without JSON": lambda file: save_file(load_file(file), file, {"model": "{"}),
    "metadata as a list": lambda file: save_file(load_file(file), file, {"model": "[1]"}),
    "missing metadata": lambda file: save_file(load_file(file), file, {"model": '{"n_ctx": 3}'}),
    "unknown metadata": _set_metadata(seed=3),
    "no layers": _set_metadata(n_layers=0),
    "too many layers": _set_metadata(n_layers=10**9),
    "more layers": _set_metadata(n_layers=3),
    "fewer layers": _set_metadata(n_layers=1),
    "a size that is text": _set_metadata(n_heads="3"),
    "a size that is true": _set_metadata(n_heads=True),
    "text that is a number": _set_metadata(has_text=1),
    "another vocabulary": _set_metadata(d_vocab=78),
    "an additional weight": _set_weight("blocks.9.attn.W_Q", torch.zeros(1)),
    "another shape": _set_weight("embed.W_E", torch.zeros(77, 1)),
    "another type": _set_weight("embed.W_E", torch.zeros(77, 40, dtype=torch.float64)),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_a_one_line_error(damage: Callable[[Path], object], file: Path) -> None:
    """A damaged file is rejected with one line that names it."""
    damage(file)
    with pytest.raises(KernelError, match="missing, damaged, or not a model's weights") as error:
        read_weights(file, "cpu")
    assert str(file) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gpt2-small", "only planted and generic models"),
        ("trained-2x4@0", "only planted and generic models"),
        ("planted-1x4", "2 layers or more"),
        ("generic-2x3+hats", "with any of"),
    ],
)
def test_a_name_that_is_not_synthetic_is_a_one_line_error(
    name: str, message: str, tmp_path: Path
) -> None:
    """A name that cannot be built writes nothing."""
    with pytest.raises(KernelError, match=message) as error:
        write_weights(name, tmp_path / "0.safetensors")
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_is_a_one_line_error(tmp_path: Path) -> None:
    """The error names the folder; an obstructing directory stays, and no temporary file does."""
    (tmp_path / "in the way" / "full").mkdir(parents=True)
    for file in (tmp_path / "nowhere" / "0.safetensors", tmp_path / "in the way"):
        with pytest.raises(KernelError, match=r"cannot be written to .* make room") as error:
            write_weights(SMALL, file)
        assert "\n" not in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["in the way"]
