"""Models that travel as files: the same models, and no word of where they came from."""

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
from grader.kernel.model_snapshot import Kept
from grader.models import load_model, read_weights, write_weights
from grader.models.transformations import DISGUISES

SMALL = "generic-2x3@4242/77"
NAMES = [
    "planted-3x2@9876543210",
    "planted-3x4@9876543210/10000",
    "generic-3x5@9876543210",
    *(f"planted-3x4@9876543210/10000+{disguise}" for disguise in DISGUISES),
    *(f"generic-3x5@9876543210/300+{disguise}" for disguise in DISGUISES),
    "generic-4x3@9876543210/10000+heads+tokens+scale+blurred",
]
Header = dict[str, Any]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small model's weights."""
    write_weights(SMALL, tmp_path / "0.safetensors")
    return tmp_path / "0.safetensors"


def header(file: Path) -> bytes:
    """What a file says before the numbers."""
    content = file.read_bytes()
    return content[8 : 8 + int.from_bytes(content[:8], "little")]


def activations(model: HookedTransformer) -> dict[str, Tensor]:
    """Everything that a model computes on some tokens."""
    generator = torch.Generator().manual_seed(0)
    tokens = torch.randint(0, model.cfg.d_vocab, (2, 20), generator=generator)
    _, cache = model.run_with_cache(tokens, return_type=None)
    return {"logits": model(tokens), **cache}


def plain(model: HookedTransformer) -> dict[str, object]:
    """Every attribute of every module that is no tensor, module, or hook."""
    return {
        f"{name}.{attribute}": value
        for name, module in model.named_modules()
        for attribute, value in vars(module).items()
        if attribute.strip("_").partition("_")[0] not in {"cfg", "mod", "hook"}
        and attribute not in {"_parameters", "_buffers", "_modules"}
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_model_comes_back_bit_for_bit(name: str, tmp_path: Path) -> None:
    """Every weight, buffer, attribute and setting, and all that it computes, is the same."""
    write_weights(name, tmp_path / "0.safetensors")
    read, built = read_weights(tmp_path / "0.safetensors", "cpu"), load_model(name, "cpu")
    ours, theirs = read.state_dict(), built.state_dict()
    assert list(ours) == list(theirs)
    assert all(torch.equal(ours[key], theirs[key]) for key in theirs)
    assert all(ours[key].stride() == theirs[key].stride() for key in theirs)
    assert read.cfg.to_dict() == built.cfg.to_dict()
    assert plain(read) == plain(built)
    ours, theirs = activations(read), activations(built)
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[key], theirs[key]) for key in theirs)


def test_text_comes_back_with_gpt2s_tokens(tmp_path: Path) -> None:
    """A planted model with GPT-2's vocabulary reads text, one with another does not."""
    for name, has_text in (("planted-2x1@9", True), ("planted-2x1@9/300", False)):
        write_weights(name, tmp_path / "0.safetensors")
        model = read_weights(tmp_path / "0.safetensors", "cpu")
        assert (model.tokenizer is not None) == has_text
        if has_text:
            assert model.to_tokens("Hello world").tolist() == [[50256, 15496, 995]]


def test_a_model_is_ready_to_be_looked_into(file: Path) -> None:
    """No gradients, evaluation mode in every part, no hooks, on the device asked for."""
    model = read_weights(file, "cpu")
    assert not any(weight.requires_grad for weight in model.parameters())
    assert not any(module.training for module in model.modules())
    assert Kept(model).hooks() == 0
    assert {weight.device.type for weight in model.parameters()} == {"cpu"}


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_model_goes_where_it_is_asked_for(file: Path) -> None:
    """On a CUDA device it is what `load_model` puts there."""
    read, built = read_weights(file, "cuda"), load_model(SMALL, "cuda")
    assert str(read.cfg.device) == str(built.cfg.device)
    assert all(
        torch.equal(ours, theirs)
        for ours, theirs in zip(read.parameters(), built.parameters(), strict=True)
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_file_does_not_say_what_it_holds(name: str, tmp_path: Path) -> None:
    """It has weights, sizes, and whether there is text: no name, seed, disguise, or buffer."""
    write_weights(name, tmp_path / "0.safetensors")
    said = header(tmp_path / "0.safetensors")
    for trace in ("planted", "generic", "@", "+", "9876543210", "seed", "tokens", "blur", "path"):
        assert trace.encode() not in said
    assert name.partition("/")[0].encode() not in (tmp_path / "0.safetensors").read_bytes()
    told: Header = json.loads(said)
    facts = json.loads(told.pop("__metadata__")["model"])
    sizes = ["n_layers", "n_heads", "d_model", "d_head", "n_ctx", "d_vocab"]
    assert list(facts) == [*sizes, "has_text"]
    assert told.keys() == {key for key, _ in load_model(name, "cpu").named_parameters()}


def test_names_of_one_shape_differ_in_their_weights_alone(tmp_path: Path) -> None:
    """Another seed or disguise is the same file but for its numbers."""
    files = [tmp_path / str(i) for i in range(3)]
    for name, file in zip(("3x2@1/99", "3x2@8/99", "3x2@1/99+heads"), files, strict=True):
        write_weights(f"planted-{name}", file)
    assert len({header(file) for file in files}) == 1
    assert len({file.stat().st_size for file in files}) == 1
    assert len({file.read_bytes() for file in files}) == 3


def test_a_file_is_plain_numbers_and_the_same_each_time(file: Path, tmp_path: Path) -> None:
    """Any reader of the format reads it, its size is that of the numbers, and no bit varies."""
    write_weights(SMALL, tmp_path / "again")
    assert file.read_bytes() == (tmp_path / "again").read_bytes()
    weights = load_file(file)
    n_bytes = sum(weight.numel() * 4 for weight in weights.values())
    assert file.stat().st_size == 8 + len(header(file)) + n_bytes
    assert {weight.dtype for weight in weights.values()} == {torch.float32}


def test_weights_are_the_models_own(file: Path) -> None:
    """They may be written to, and outlive the file; the file and other readers see nothing."""
    before = file.read_bytes()
    first, second = read_weights(file, "cpu"), read_weights(file, "cpu")
    kept = Kept(second)
    first.W_E.zero_()
    first.blocks[0].attn.W_Q.fill_(3.0)
    assert file.read_bytes() == before
    file.write_bytes(bytes(len(before)))
    assert kept.weights() == 0
    file.write_bytes(b"")  # what is still mapped would end the process here
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
def test_torchs_switches_do_not_count(switch: Callable[[], Any], file: Path) -> None:
    """Whatever a notebook has set, the model is the same, and the setting stays."""
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


def test_randomness_is_left_alone(file: Path) -> None:
    """Reading draws no number, whichever generator a notebook uses."""
    states = torch.get_rng_state(), random.getstate(), str(np.random.get_state())
    read_weights(file, "cpu")
    assert torch.equal(torch.get_rng_state(), states[0])
    assert (random.getstate(), str(np.random.get_state())) == states[1:]


def _say(**facts: object) -> Callable[[Path], None]:
    """Change what a file says of its model."""

    def change(file: Path) -> None:
        with safe_open(file, framework="pt") as kept:
            said = json.loads(kept.metadata()["model"]) | facts
        save_file(load_file(file), file, {"model": json.dumps(said)})

    return change


def _swap(name: str, weight: Tensor) -> Callable[[Path], None]:
    """Put a weight into a file."""

    def change(file: Path) -> None:
        with safe_open(file, framework="pt") as kept:
            metadata = kept.metadata()
        save_file(load_file(file) | {name: weight}, file, metadata)

    return change


DAMAGES: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "empty": lambda file: file.write_bytes(b""),
    "cut short": lambda file: os.truncate(file, file.stat().st_size - 1),
    "cut in the header": lambda file: os.truncate(file, 100),
    "no header": lambda file: file.write_bytes(b"\xff" * 1000),
    "a directory": lambda file: file.rename(file.parent / "old").parent.joinpath(file.name).mkdir(),
    "says nothing": lambda file: save_file(load_file(file), file),
    "says no JSON": lambda file: save_file(load_file(file), file, {"model": "{"}),
    "says a list": lambda file: save_file(load_file(file), file, {"model": "[1]"}),
    "says too little": lambda file: save_file(load_file(file), file, {"model": '{"n_ctx": 3}'}),
    "says too much": _say(seed=3),
    "no layers": _say(n_layers=0),
    "too many layers": _say(n_layers=10**9),
    "more layers": _say(n_layers=3),
    "fewer layers": _say(n_layers=1),
    "a size that is text": _say(n_heads="3"),
    "a size that is true": _say(n_heads=True),
    "text that is a number": _say(has_text=1),
    "another vocabulary": _say(d_vocab=78),
    "a weight too many": _swap("blocks.9.attn.W_Q", torch.zeros(1)),
    "another shape": _swap("embed.W_E", torch.zeros(77, 1)),
    "another type": _swap("embed.W_E", torch.zeros(77, 40, dtype=torch.float64)),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_one_clear_line(damage: Callable[[Path], object], file: Path) -> None:
    """What is not whole or not a model is refused in one line that names the file."""
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
        ("generic-2x3+hats", "in disguise with"),
    ],
)
def test_a_wrong_name_is_one_clear_line(name: str, message: str, tmp_path: Path) -> None:
    """What cannot be constructed writes nothing."""
    with pytest.raises(KernelError, match=message) as error:
        write_weights(name, tmp_path / "0.safetensors")
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    """The line says where it was tried; a directory in the way stays, and no scratch does."""
    (tmp_path / "in the way" / "full").mkdir(parents=True)
    for file in (tmp_path / "nowhere" / "0.safetensors", tmp_path / "in the way"):
        with pytest.raises(KernelError, match=r"cannot be written to .* make room") as error:
            write_weights(SMALL, file)
        assert "\n" not in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["in the way"]
