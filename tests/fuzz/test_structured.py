"""Structured inputs by hypothesis: near misses of valid input, cut and joined."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import NAMES, find

pytestmark = pytest.mark.long

EXAMPLES = {"frames": 400, "key": 150, "notebook": 300, "rubric": 80, "source": 150}


def cut_and_joined(seeds: tuple[bytes, ...]) -> st.SearchStrategy[bytes]:
    """Generate seeds with a piece left out, repeated, or replaced by other bytes."""

    def changed(seed: bytes, at: int, size: int, new: bytes, times: int) -> bytes:
        start = 1 + at % max(1, len(seed))
        return seed[:start] + new * times + seed[start + size :]

    odd = (b"\xff\xfe", b"\xef\xbb\xbf", b"\\ud800", b"NaN", b"1e999", b"9" * 5000, b"[" * 3000)
    pieces = st.binary(max_size=8) | st.sampled_from(odd)
    return st.builds(
        changed,
        st.sampled_from(seeds),
        st.integers(0, 10_000),
        st.integers(0, 40),
        pieces,
        st.integers(0, 3),
    )


@pytest.mark.parametrize("name", NAMES)
def test_near_misses_are_read_or_refused(name: str) -> None:
    """A reader succeeds, or raises its own error in one plain line."""
    target = find(name)

    @settings(max_examples=EXAMPLES[name], deadline=None, database=None)
    @given(cut_and_joined(target.seeds) | st.binary(max_size=200).map(lambda d: b"\x01" + d))
    def holds(data: bytes) -> None:
        target.one(data)

    holds()
