"""Text at the edge: what a terminal, browser or spreadsheet would obey becomes visible instead."""

import re
import unicodedata
from collections.abc import Callable

_OBEYED = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, but tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction
    "\u00ad\u034f\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff"  # no width
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"  # formats of other scripts
    "\U000110bd\U000110cd\U00013430-\U0001345f"  # the same
    "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters that show nothing
    "\u2028\u2029"  # other line ends
    "\ufe00-\ufe0e\ufff0-\ufffb\ufffe\uffff"  # variants but emoji's, annotations, no characters
    "\ud800-\udfff"  # half characters
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # formats of shorthand and music
    "\U000e0000-\U000e0fff"  # tags, more variants
    "]"
)
_RUN = re.compile("[^\x00-\u02ff]{5,}")
_STACKED = 4
_MARKUP = re.compile("<")


def plain(text: str) -> str:
    r"""Escape, as ``\u202e``, what is obeyed or unseen; newlines and tabs stay.

    That is control, zero-width, bidirectional, blank, tag and surrogate characters, and accents
    from the fifth on one letter.
    """
    return _escaped(text, _visible)


def line(text: str) -> str:
    """The same on one line: every run of white space is one space."""
    return plain(" ".join(text.split()))


def in_json(text: str) -> str:
    """The same for JSON text: it reads back as it was, in a page too."""
    return _MARKUP.sub(lambda found: _as_json(found.group(0)), _escaped(text, _as_json))


def _escaped(text: str, escape: Callable[[str], str]) -> str:
    text = _OBEYED.sub(lambda found: escape(found.group(0)), text)
    return _RUN.sub(lambda found: _unstacked(found.group(0), escape), text)


def _unstacked(run: str, escape: Callable[[str], str]) -> str:
    height = 0
    kept: list[str] = []
    for character in run:
        height = height + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        kept.append(escape(character) if height > _STACKED else character)
    return "".join(kept)


def _visible(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 (Python's)


def _as_json(character: str) -> str:
    """Its escape sequence, two of them above the first 65,536."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))
