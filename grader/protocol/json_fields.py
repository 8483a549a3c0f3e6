"""Checks the types of JSON fields that come from a pipe or a file that cannot be trusted."""

import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, TypeVar, get_args

from safetensors import SafetensorError

_T = TypeVar("_T")
_PARSE_ERRORS = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
    struct.error,
    SafetensorError,
)
"""Errors that parsing raises on data that was not written by the grader."""


class UnreadableError(ValueError):
    """Data that cannot be decoded, or a value that cannot be encoded. The message says why."""


@contextmanager
def parsing() -> Iterator[None]:
    """Turn every error that malformed data causes into an `UnreadableError`."""
    try:
        yield
    except UnreadableError:
        raise
    except _PARSE_ERRORS as error:
        raise UnreadableError(f"its bytes could not be read ({type(error).__name__})") from error


def checked(value: object, *types: type[_T]) -> _T:
    """Return a JSON value that has exactly one of these types.

    Raises:
        UnreadableError: The value has another type.
    """
    if type(value) not in types:
        raise UnreadableError("a part of it is of another kind")
    return value  # type: ignore[return-value]  # its type was compared, not narrowed


def checked_texts(value: object) -> tuple[str, ...]:
    """Return a JSON list of strings as a tuple.

    Raises:
        UnreadableError: The value is not a list of strings.
    """
    return tuple(checked(text, str) for text in checked(value, list))


def checked_number(value: object) -> float:
    """Return a finite JSON number.

    Raises:
        UnreadableError: The value is not a finite number.
    """
    if type(value) not in (int, float) or not math.isfinite(value):  # type: ignore[arg-type]
        raise UnreadableError("a time is no number")
    return value  # type: ignore[return-value]  # its type was compared, not narrowed


def build_dataclass(kind: type[_T], node: dict[str, Any], **checked_fields: object) -> _T:
    """Build a dataclass from a JSON object whose values have the types of the fields.

    Args:
        node: Values of the fields; a missing or an unknown one raises TypeError.
        **checked_fields: Fields that were checked before.

    Raises:
        UnreadableError: A value has another type than its field.
    """
    for field in fields(kind):  # type: ignore[arg-type]  # dataclasses have no public type
        if field.name in node:
            found, wanted = node[field.name], field.type
            if wanted is float:
                checked_number(found)
            else:
                checked(found, *(get_args(wanted) or (wanted,)))
    return kind(**node, **checked_fields)
