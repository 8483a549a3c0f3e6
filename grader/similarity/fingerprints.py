"""Normalised source as tokens, in which a name is how long ago it was last used.

So two copies agree although one has a statement more, which would number all later names anew
(Baker, "A theory of parameterized pattern matching", 1993).
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

from grader.similarity.normalise import OWN

# MERGED: Fingerprints of code, by copydetect: hashes of all runs of tokens, and what two have in common.  Every run counts (a window of one): functions are short, and which of Python's hashes is smallest differs from one process to the next.
MOST = 10_000
"""Of one function: whoever writes more has pasted data."""
_LAYOUT = frozenset((DEDENT, ENCODING, ENDMARKER, INDENT, NEWLINE, NL))
_NAME = re.compile(rf"\b{OWN}[0-9]+\b")
_FORMATTED = re.compile(r"[A-Za-z]*[fF][A-Za-z]*['\"]")
_LONG_AGO = 9


def tokens(normal: str) -> tuple[str, ...]:
    """The tokens of normalised source, layout left out; what is beyond the most is left out too.

    Args:
        normal: As `normalised` gives it.
    """
    return tuple(islice(_aged(_texts(normal)), MOST))


def _texts(normal: str) -> Iterator[str]:
    with suppress(TokenError, SyntaxError):  # what was read until there counts
        for token in generate_tokens(io.StringIO(normal).readline):
            if token.type not in _LAYOUT:
                yield token.string


def _aged(texts: Iterator[str]) -> Iterator[str]:
    """Each name as the number of names since it was last used; anything else as it is."""
    last: dict[str, int] = {}
    names = 0
    for text in texts:
        if _NAME.fullmatch(text):
            names += 1
            ago = names - last.get(text, names)
            last[text] = names
            yield f"{OWN} {min(ago, _LONG_AGO)}"
        elif _FORMATTED.match(text):  # one token with its names in it, up to Python 3.11
            yield _NAME.sub(OWN, text)
        else:
            yield text


with warnings.catch_warnings():  # it draws, too, and what it draws with may have something to say
    warnings.simplefilter("ignore")
    from copydetect.utils import (
        get_copied_slices,
        get_document_fingerprints,
        get_token_coverage,
    )

RUN = 10
"""Tokens that must agree in a row to count as alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Where each run of tokens is."""

    places: Mapping[int, list[int]] = field(default_factory=dict)
    """Hashes to where such runs begin."""
    length: int = 0
    """In tokens."""
    size: int = 0
    """How many of the tokens are in a run."""


def fingerprint(tokens: tuple[str, ...]) -> Fingerprint:
    """The fingerprint of some code."""
    _, places = get_document_fingerprints(tokens, RUN, 1)
    return _made({int(run): [int(i) for i in at] for run, at in places.items()}, len(tokens))


def without(one: Fingerprint, runs: AbstractSet[int]) -> Fingerprint:
    """It without runs that say nothing, such as the template's."""
    if runs.isdisjoint(one.places):
        return one
    return _made({run: at for run, at in one.places.items() if run not in runs}, one.length)


def joined(fingerprints: Iterable[Fingerprint]) -> Fingerprint:
    """Several one after the other; no run is in two of them."""
    places: dict[int, list[int]] = {}
    start = size = 0
    for one in fingerprints:
        for run, at in one.places.items():
            places.setdefault(run, []).extend(start + i for i in at)
        start, size = start + one.length, size + one.size
    return Fingerprint(places=places, length=start, size=size)


def share(one: Fingerprint, other: Fingerprint) -> float:
    """How much of one is in the other, from 0 to 1; the order of its parts does not matter."""
    common = one.places.keys() & other.places.keys()
    at = [i for run in common for i in one.places[run]]
    if not at:
        return 0.0
    begins, ends = get_copied_slices(np.array(at), RUN)
    return float(np.sum(ends - begins)) / one.size


def _made(places: dict[int, list[int]], length: int) -> Fingerprint:
    size = int(get_token_coverage(places, RUN, length)) if places else 0
    return Fingerprint(places=places, length=length, size=size)
