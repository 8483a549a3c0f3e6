"""Results under a platform's size limit: texts are shortened, and it is said that they are."""

from collections.abc import Callable

SHORTENED = " … (shortened)"
_STEPS = (10**9, 8000, 2000, 500, 100, 0)


def short(text: str, most: int) -> str:
    """At most so many characters of a text, with a word about it where some are missing.

    Args:
        text: The text.
        most: How many characters of it are kept.
    """
    return text if len(text) <= most else text[:most] + SHORTENED


def fitting(write: Callable[[int], str], limit: int) -> str:
    """The longest form of a result that a platform takes.

    Args:
        write: Writes it with texts of at most so many characters.
        limit: Bytes of UTF-8 that the platform takes.

    Returns:
        The first form that fits, or the shortest there is.
    """
    form = ""
    for most in _STEPS:
        form = write(most)
        if len(form.encode()) <= limit:
            break
    return form
