"""Amounts of memory as people write them."""

import re

_SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<prefix>[KMGT]?)(?P<binary>i?)B", re.IGNORECASE)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def size_bytes(text: str) -> int:
    """Read an amount of memory: 512MB is 512 million bytes, 512MiB is 512 * 2**20.

    Args:
        text: A number, a prefix K, M, G or T with or without an i, and B.

    Raises:
        ValueError: If it is written otherwise.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"an amount of memory is written like 512MB or 2GiB, got {text!r}")
    base = 1024 if match["binary"] else 1000
    return int(float(match["number"]) * base ** _POWERS[match["prefix"].upper()])


def size_text(n_bytes: int) -> str:
    """Write an amount of memory down.

    Args:
        n_bytes: The amount.
    """
    for power, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if n_bytes >= 2**power:
            return f"{n_bytes / 2**power:.4g} {unit}"
    return f"{n_bytes} B"
