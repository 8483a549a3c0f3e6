"""Builds structure from bytes, so that a fuzzer's changes of bytes become changes of structure."""

import struct
from collections.abc import Sequence
from typing import Any

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 2**63, 10**400, 1e400, float("nan"), "", "\ud800", "\x00", "\x1b[2J",
    "\u202e\n", "0", [], {}, [[]], 0.5,
)  # fmt: skip


class Pieces:
    """Bytes that are consumed piece by piece; zeros follow their end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def byte(self) -> int:
        """Return the next byte."""
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def number(self, form: str) -> int:
        """Return the next bytes as an integer of this struct format."""
        size = struct.calcsize(form)
        return int(struct.unpack(form, bytes(self.byte() for _ in range(size)))[0])

    def of(self, choices: Sequence[Any]) -> Any:
        """Choose one of several."""
        return choices[self.byte() % len(choices)]

    def rest(self) -> bytes:
        """Return the remaining bytes."""
        return self._data[self._at :]

    def text(self) -> str:
        """Return a few characters, possibly lone surrogates."""
        size = self.byte() % 24
        start, self._at = self._at, self._at + size
        return self._data[start : start + size].decode("utf-8", "surrogateescape")

    def thing(self, keys: Sequence[str], words: Sequence[Any], depth: int = 6) -> Any:
        """Build JSON from these keys and words, and from odd values."""
        kind = self.byte() % 8
        if depth and kind == 0:
            size = self.byte() % 6
            return {self.of(keys): self.thing(keys, words, depth - 1) for _ in range(size)}
        if depth and kind == 1:
            return [self.thing(keys, words, depth - 1) for _ in range(self.byte() % 6)]
        if kind == 2:
            return self.of(ODD)
        return self.text() if kind == 3 else self.of(words)

    def altered(self, thing: Any, words: Sequence[Any]) -> Any:
        """Return a JSON value with some of its parts replaced, repeated or left out."""
        change = self.byte()
        if change < 8:
            return self.thing(("cells", "kind"), words, 2)
        if isinstance(thing, dict):
            kept = {k: self.altered(v, words) for k, v in thing.items() if self.byte() != 1}
            return kept | ({self.text(): self.of(ODD)} if change == 8 else {})
        if isinstance(thing, list):
            return [self.altered(item, words) for item in thing] * (2 if change == 9 else 1)
        return thing
