r"""Escapes untrusted text for output, so that terminals, browsers and spreadsheets only display it.

Control, zero-width, bidirectional, blank, tag and surrogate characters become visible escape
sequences such as ``\u202e``. `escape_text` keeps lines, `escape_line` makes one line,
`escape_json` keeps the text valid JSON, and `printable` shortens a name for use in a message.
"""

import re
import unicodedata
from collections.abc import Callable

_UNSAFE = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters except tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls
    "\u00ad\u034f\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff"  # zero width
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"  # format characters of other scripts
    "\U000110bd\U000110cd\U00013430-\U0001345f"  # more of the same
    "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters without a glyph
    "\u2028\u2029"  # line and paragraph separators
    "\ufe00-\ufe0e\ufff0-\ufffb\ufffe\uffff"  # variation selectors except emoji's, noncharacters
    "\ud800-\udfff"  # surrogates
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # format characters of shorthand and music
    "\U000e0000-\U000e0fff"  # tags, more variation selectors
    "]"
)
_LONG_NON_LATIN = re.compile("[^\x00-\u02ff]{5,}")
"""Runs in which more than `_MAX_ACCENTS` combining marks can follow each other."""
_MAX_ACCENTS = 4
_MARKUP = re.compile("<")
_MAX_NAME = 200


def escape_text(text: str) -> str:
    r"""Escape characters that are obeyed or invisible, as ``\u202e``; keep newlines and tabs.

    Combining marks are escaped from the fifth on one letter.
    """
    return _escape_unsafe(text, _python_escape)


def escape_line(text: str) -> str:
    """Escape as `escape_text` does, with every run of white space turned into one space."""
    return escape_text(" ".join(text.split()))


def escape_json(text: str) -> str:
    """Escape JSON text so that it parses to the same data and is safe inside an HTML page."""
    return _MARKUP.sub(lambda match: _json_escape(match[0]), _escape_unsafe(text, _json_escape))


def printable(text: str, max_length: int = _MAX_NAME) -> str:
    """Return a name for a one-line message: shortened, with unprintable characters escaped."""
    escaped = (c if c.isprintable() else _python_escape(c) for c in text[:max_length])
    return "".join(escaped) + "…" * (len(text) > max_length)


def _escape_unsafe(text: str, escape: Callable[[str], str]) -> str:
    text = _UNSAFE.sub(lambda match: escape(match[0]), text)
    return _LONG_NON_LATIN.sub(lambda match: _limit_accents(match[0], escape), text)


def _limit_accents(run: str, escape: Callable[[str], str]) -> str:
    accents = 0
    limited: list[str] = []
    for character in run:
        accents = accents + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        limited.append(escape(character) if accents > _MAX_ACCENTS else character)
    return "".join(limited)


def _python_escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 (Python's)


def _json_escape(character: str) -> str:
    """Return a JSON escape sequence: a surrogate pair for characters above U+FFFF."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))
