"""Normalised source as tokens, in which a name is how long ago it was last used.

So two copies agree although one has a statement more, which would number all later names anew
(Baker, "A theory of parameterized pattern matching", 1993).
"""

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from tokenize import DEDENT, ENCODING, ENDMARKER, INDENT, NEWLINE, NL, TokenError, generate_tokens

from grader.similarity.normal import OWN

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
