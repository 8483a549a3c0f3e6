"""How much JSON holds, told without reading it: values may take a hundred times their text."""

import re
from itertools import islice

_PARTS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[,:\[{]', re.DOTALL)


def too_many_parts(data: bytes, most: int) -> bool:
    """Whether JSON text holds more than so many values; marks inside texts are no parts.

    Args:
        data: The text.
        most: How many it may hold.
    """
    if sum(map(data.count, (b",", b":", b"[", b"{"))) <= most:
        return False
    return next(islice(_PARTS.finditer(data), most, None), None) is not None
