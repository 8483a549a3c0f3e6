"""Where in a notebook's file a function is, for editors and annotations. Pure."""

import re


def line_of(name: str, text: str) -> int | None:
    """The line of the file, from 0, on which a name is defined or assigned last.

    Jupyter writes each line of a cell on a line of its own; where it did not, there is none.

    Args:
        name: A function or variable.
        text: What is in the notebook's file.
    """
    word = re.escape(name)
    pattern = rf'^[ \t]*"(?:(?:async )?def {word}\b|{word}[ \t]*[:=,])'
    found = [match.start() for match in re.finditer(pattern, text, re.MULTILINE)]
    return text.count("\n", 0, found[-1]) if found else None
