"""The grading models of a student's kernel: built when they are first needed, then kept."""

from functools import cache

from grader.inside.shelf import Shelf


@cache
def shelf(device: str) -> Shelf:
    """The one for a device; `shelf.cache_clear` after a build that was broken off.

    Args:
        device: Its name.
    """
    return Shelf(device, spare=False)
