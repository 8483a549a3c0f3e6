"""Provides the models that the reference is tested on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformer_lens import HookedTransformer
from transformer_lens.model_bridge import TransformerBridge
from transformers import AutoTokenizer, GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from tests.reference.toys import generic_model


@pytest.fixture(scope="package", autouse=True)
def _one_thread() -> Iterator[None]:
    """Run on one thread: on busy cores, small matrix products on two take six times as long."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def model() -> HookedTransformer:
    """Return the public planted model, or generic weights if the grader is not installed."""
    try:
        from grader.models import load_model  # noqa: PLC0415
    except ImportError:
        return generic_model()
    return load_model("planted-12x12", "cpu")


@pytest.fixture(scope="session")
def _generic() -> HookedTransformer:
    return generic_model()


@pytest.fixture
def generic(_generic: HookedTransformer) -> Iterator[HookedTransformer]:
    """Yield a small model with generic weights, and check that the test changed nothing in it."""
    weights = {name: weight.clone() for name, weight in _generic.state_dict().items()}
    yield _generic
    assert not any(hook.fwd_hooks for hook in _generic.hook_dict.values())
    assert all(torch.equal(weight, weights[k]) for k, weight in _generic.state_dict().items())


@pytest.fixture(scope="session")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> TransformerBridge:
    """Return GPT-2's architecture with random weights, as a TransformerBridge."""
    folder: Path = tmp_path_factory.mktemp("tokenizer")
    words = ["<unk>", "Harry", "harry", "Potter", "is", "a", "wizard", "."]
    vocab = {word: index for index, word in enumerate(words)}
    tokenizer = Tokenizer(WordLevel(vocab, unk_token="<unk>"))  # noqa: S106
    tokenizer.pre_tokenizer = Whitespace()
    special = dict.fromkeys(("unk_token", "bos_token", "eos_token", "pad_token"), "<unk>")
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special)  # type: ignore[no-untyped-call]  # untyped upstream
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    hf_config = GPT2Config(
        vocab_size=10000,
        n_positions=128,
        n_embd=24,
        n_layer=3,
        n_head=4,
        bos_token_id=0,
        eos_token_id=0,
        initializer_range=0.4,
    )
    return TransformerBridge.boot_transformers(
        "gpt2",
        hf_model=GPT2LMHeadModel(hf_config).eval(),  # type: ignore[no-untyped-call]  # untyped upstream
        tokenizer=AutoTokenizer.from_pretrained(folder),
        device="cpu",
    )
