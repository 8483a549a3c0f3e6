"""Tests which model each name loads."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformer_lens import HookedTransformer
from transformers import GPT2Config, GPT2LMHeadModel

from grader.errors import KernelError
from grader.models import gpt2_tokenizer, load, load_model, plant, random_model


@pytest.fixture
def saved(tmp_path: Path) -> tuple[GPT2LMHeadModel, Path]:
    """Save a small untrained model in GPT-2's format with Hugging Face's library."""
    config = GPT2Config(n_layer=2, n_head=3, n_embd=24, n_positions=32, vocab_size=50257)
    weights = GPT2LMHeadModel(config).eval()  # type: ignore[no-untyped-call]  # untyped there
    weights.save_pretrained(tmp_path)
    return weights, tmp_path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("planted-3x2/300", lambda: plant(0, 3, 2, 300).model),
        ("planted-3x2@9/300", lambda: plant(9, 3, 2, 300).model),
        ("generic-2x3", lambda: random_model(0, 2, 3)),
        ("generic-2x3@4/77", lambda: random_model(4, 2, 3, 77)),
    ],
)
def test_a_name_determines_shape_seed_and_vocabulary(
    name: str, expected: Callable[[], HookedTransformer]
) -> None:
    """Each part of a synthetic model's name counts; other vocabularies have no tokenizer."""
    model = load_model(name, "cpu")
    assert torch.equal(model.W_E, expected().W_E)
    assert torch.equal(model.W_Q, expected().W_Q)
    assert model.tokenizer is None


def test_models_are_in_evaluation_mode() -> None:
    """A model has no gradients, and GPT-2's tokenizer if its tokens are GPT-2's."""
    model = load_model("planted-2x2", "cpu")
    assert not model.training
    assert not any(weight.requires_grad for weight in model.parameters())
    assert model.to_tokens("Hello world").tolist() == [[50256, 15496, 995]]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("planted", "no model is called 'planted'"),
        ("planted-12", "planted-LAYERSxHEADS"),
        ("planted-12x12@x", "planted-LAYERSxHEADS"),
        ("generic-2x3/", "generic-LAYERSxHEADS"),
        ("planted-1x4", "2 layers or more"),
        ("generic-0x4", "1 layers or more"),
        ("generic-2x0", "and a head"),
        ("generic-2x2/1", "2 tokens or more"),
        ("gpt-small-2", "no model is called 'gpt-small-2'"),
    ],
)
def test_an_unknown_name_is_a_one_line_error(name: str, message: str) -> None:
    """An unknown name is rejected with one line that says what to write."""
    with pytest.raises(KernelError, match=message) as error:
        load_model(name, "cpu")
    assert "\n" not in str(error.value)


def test_missing_weights_report_the_cache_and_the_download_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the cache that was searched and the command that fills it."""
    for module in ("huggingface_hub.constants", "transformers.utils.hub"):
        monkeypatch.setattr(f"{module}.HF_HUB_OFFLINE", True, raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(KernelError) as error:
        load_model("gpt2-small", "cpu")
    assert str(tmp_path) in str(error.value)
    assert "hf download" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_directory_of_weights_is_loaded(saved: tuple[GPT2LMHeadModel, Path]) -> None:
    """After TransformerLens's processing the predictions equal Hugging Face's."""
    weights, directory = saved
    model = load_model(str(directory), "cpu")
    tokens = torch.randint(0, 50257, (2, 10), generator=torch.Generator().manual_seed(0))
    expected = weights(tokens).logits.log_softmax(dim=-1)
    torch.testing.assert_close(model(tokens).log_softmax(dim=-1), expected, atol=1e-4, rtol=1e-3)
    assert model.to_tokens("Hello world").tolist() == [[50256, 15496, 995]]
    assert not any(weight.requires_grad for weight in model.parameters())


def test_a_directorys_tokenizer_is_used(saved: tuple[GPT2LMHeadModel, Path]) -> None:
    """A tokenizer saved beside the weights takes precedence over GPT-2's."""
    _, directory = saved
    gpt2_tokenizer().save_pretrained(directory)
    assert load_model(str(directory), "cpu").to_string([15496]) == "Hello"


def test_a_directory_without_weights_is_a_one_line_error(tmp_path: Path) -> None:
    """An empty directory is rejected with a line that says what belongs there."""
    with pytest.raises(KernelError, match="holds no weights") as error:
        load_model(str(tmp_path), "cpu")
    assert "\n" not in str(error.value)


def test_a_replaced_from_pretrained_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel replaces `from_pretrained` with a function that calls `load_model`: no recursion."""
    original = load._from_pretrained  # noqa: SLF001
    monkeypatch.setattr(HookedTransformer, "from_pretrained", pytest.fail)
    assert load._from_pretrained is original  # noqa: SLF001
    monkeypatch.setattr(load, "_from_pretrained", lambda *_, **__: random_model(0, 2, 3))
    assert load_model("gpt2-small", "cpu").cfg.n_heads == 3
