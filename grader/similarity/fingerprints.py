"""Fingerprints of code, by copydetect: hashes of all runs of tokens, and what two have in common.

Every run counts (a window of one): functions are short, and which of Python's hashes is smallest
differs from one process to the next.
"""

import warnings
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import numpy as np

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
