"""Fingerprints of normalised source: hashes of its k-grams (runs of k tokens), by copydetect.

Each variable is encoded by the number of variables since its last use, so that one inserted
statement does not rename all later variables (Baker, "A theory of parameterized pattern matching",
1993). All k-grams are kept (a winnowing window of 1), because functions are short and because
Python's hashes, of which winnowing would keep the smallest, differ between processes.
"""

import io
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from tokenize import DEDENT, ENCODING, ENDMARKER, INDENT, NEWLINE, NL, TokenError, generate_tokens

import numpy as np

from grader.similarity.normalise import NAME_PREFIX

with warnings.catch_warnings():  # copydetect imports plotting libraries, which may warn
    warnings.simplefilter("ignore")
    from copydetect.utils import (
        get_copied_slices,
        get_document_fingerprints,
        get_token_coverage,
    )

KGRAM_LENGTH = 10
"""Number of consecutive tokens that must agree to count as similar."""
MAX_TOKENS = 10_000
"""Maximum tokens per function; longer functions are almost certainly pasted data."""
_LAYOUT = frozenset((DEDENT, ENCODING, ENDMARKER, INDENT, NEWLINE, NL))
_NAME = re.compile(rf"\b{NAME_PREFIX}[0-9]+\b")
_F_STRING = re.compile(r"[A-Za-z]*[fF][A-Za-z]*['\"]")
_MAX_DISTANCE = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """The k-grams of some code."""

    positions: Mapping[int, list[int]] = field(default_factory=dict)
    """Positions of the k-grams' first tokens, by hash."""
    length: int = 0
    """Number of tokens."""
    size: int = 0
    """Number of tokens that belong to at least one k-gram."""


def token_sequence(normalised: str) -> tuple[str, ...]:
    """Tokenise normalised source, without layout tokens, up to `MAX_TOKENS`."""
    return tuple(islice(_encode_names(_token_texts(normalised)), MAX_TOKENS))


def fingerprint(tokens: tuple[str, ...]) -> Fingerprint:
    """Return the fingerprint of a token sequence."""
    _, positions = get_document_fingerprints(tokens, KGRAM_LENGTH, 1)
    as_lists = {int(kgram): [int(i) for i in at] for kgram, at in positions.items()}
    return _fingerprint(as_lists, len(tokens))


def subtract(one: Fingerprint, kgrams: AbstractSet[int]) -> Fingerprint:
    """Return the fingerprint without some k-grams, such as the template's."""
    if kgrams.isdisjoint(one.positions):
        return one
    positions = {kgram: at for kgram, at in one.positions.items() if kgram not in kgrams}
    return _fingerprint(positions, one.length)


def concatenate(fingerprints: Iterable[Fingerprint]) -> Fingerprint:
    """Join fingerprints one after the other, without k-grams across their borders."""
    positions: dict[int, list[int]] = {}
    start = size = 0
    for one in fingerprints:
        for kgram, at in one.positions.items():
            positions.setdefault(kgram, []).extend(start + i for i in at)
        start, size = start + one.length, size + one.size
    return Fingerprint(positions=positions, length=start, size=size)


def containment(one: Fingerprint, other: Fingerprint) -> float:
    """Return the fraction of `one` that is contained in `other`, in any order."""
    common = one.positions.keys() & other.positions.keys()
    at = [i for kgram in common for i in one.positions[kgram]]
    if not at:
        return 0.0
    starts, ends = get_copied_slices(np.array(at), KGRAM_LENGTH)
    return float(np.sum(ends - starts)) / one.size


def _fingerprint(positions: dict[int, list[int]], length: int) -> Fingerprint:
    size = int(get_token_coverage(positions, KGRAM_LENGTH, length)) if positions else 0
    return Fingerprint(positions=positions, length=length, size=size)


def _token_texts(normalised: str) -> Iterator[str]:
    with suppress(TokenError, SyntaxError):  # keep the tokens up to the error
        for token in generate_tokens(io.StringIO(normalised).readline):
            if token.type not in _LAYOUT:
                yield token.string


def _encode_names(texts: Iterator[str]) -> Iterator[str]:
    """Replace each numbered name by the number of names since its last use."""
    last_use: dict[str, int] = {}
    count = 0
    for text in texts:
        if _NAME.fullmatch(text):
            count += 1
            distance = count - last_use.get(text, count)
            last_use[text] = count
            yield f"{NAME_PREFIX} {min(distance, _MAX_DISTANCE)}"
        elif _F_STRING.match(text):  # a single token, names included, up to Python 3.11
            yield _NAME.sub(NAME_PREFIX, text)
        else:
            yield text
