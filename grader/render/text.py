"""Student text at the edge: what a terminal or a browser would obey becomes visible instead."""

import re

_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def plain(text: str) -> str:
    """Escape control, zero-width, bidirectional and surrogate characters, but no newline."""
    return _OBEYED.sub(lambda match: f"\\u{ord(match.group(0)):04x}", text)
