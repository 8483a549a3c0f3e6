"""Arrays as one ``.npz`` file: the same arrays give the same bytes, and reading believes nothing.

Nothing in it is compressed or pickled, so no file holds more than its own size.
"""

import warnings
from collections.abc import Mapping
from io import BytesIO
from tokenize import TokenError
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

MAX_BYTES = 128 * 2**20
"""Twice what a notebook can send at most."""
MAX_ARRAYS = 2**16
_KINDS = frozenset("biuf")
_LARGEST = 8
"""Bytes of a number."""
_LOCKED = 1
"""A member's flag that it needs a password."""
_ENDING = ".npy"
_UNFORESEEN = (
    BadZipFile,
    EOFError,
    MemoryError,
    NotImplementedError,
    OverflowError,
    RecursionError,
    SyntaxError,
    TokenError,
    TypeError,
    UserWarning,
    ValueError,
)
"""What zipfile and numpy say of bytes that are not theirs."""


class DamagedError(ValueError):
    """Bytes that are not such a file; the text says what is wrong with them."""


def write_npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The arrays as bytes that ``numpy.load`` reads, every member dated 1980."""
    file = BytesIO()
    with ZipFile(file, "w") as members:
        for name, array in arrays.items():
            body = BytesIO()
            rows_first = np.ascontiguousarray(array).reshape(array.shape)
            npy.write_array(body, rows_first, version=(1, 0), allow_pickle=False)
            member = ZipInfo(name + _ENDING)
            member.create_system = 3  # Unix, wherever it is written
            members.writestr(member, body.getvalue())
    return file.getvalue()


def read_npz(data: bytes) -> dict[str, NDArray[Any]]:
    """Rebuild the arrays; they cannot be written to.

    Raises:
        DamagedError: It is not what `write_npz` writes.
    """
    if len(data) > MAX_BYTES:
        raise DamagedError(f"it is larger than {MAX_BYTES // 2**20} MB")
    try:
        with ZipFile(BytesIO(data)) as file, warnings.catch_warnings():
            warnings.simplefilter("error")  # numpy's, on heads that others than we wrote
            return _arrays(file, len(data))
    except DamagedError:
        raise
    except _UNFORESEEN as error:
        raise DamagedError(f"its arrays cannot be read ({type(error).__name__})") from error


def _arrays(file: ZipFile, size: int) -> dict[str, NDArray[Any]]:
    members = file.infolist()
    if any(m.compress_type != ZIP_STORED or m.flag_bits & _LOCKED for m in members):
        raise DamagedError("it is compressed or locked")
    # Members that lie on top of each other would be more than the file.
    if len(members) > MAX_ARRAYS or sum(m.file_size for m in members) > size:
        raise DamagedError("it holds more than was stored")
    found = {_name(member): _array(file.read(member)) for member in members}
    if len(found) < len(members):
        raise DamagedError("two of its arrays have one name")
    return found


def _name(member: ZipInfo) -> str:
    name, ending = member.filename[: -len(_ENDING)], member.filename[-len(_ENDING) :]
    if ending != _ENDING:
        raise DamagedError("it holds something that is no array")
    return name


def _array(data: bytes) -> NDArray[Any]:
    """One array: numbers of a plain kind, as many as its head says."""
    body = BytesIO(data)
    if npy.read_magic(body) != (1, 0):
        raise DamagedError("an array is of another format")
    shape, columns_first, dtype = npy.read_array_header_1_0(body)
    if dtype.kind not in _KINDS or dtype.itemsize > _LARGEST or columns_first:
        raise DamagedError("an array is of another kind")
    start = body.tell()
    array: NDArray[Any] = np.ndarray(shape, dtype, buffer=data, offset=start)
    if array.nbytes != len(data) - start:
        raise DamagedError("an array is longer than it says")
    return array
