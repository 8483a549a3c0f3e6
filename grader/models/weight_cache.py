"""A constructed model's weights, written once: kernels map them instead of building their own."""

import hashlib
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

from grader.errors import KernelError
from grader.models.weight_file import is_whole, write_weights
from grader.protocol.training_runs import cache_folder

_DIGITS = 20
PUBLIC = "planted-12x12"
"""What the lab is graded on, unless its rubric says otherwise."""


def kept_weights(name: str) -> Path | None:
    """The file with a model's weights as this code and this torch make them; None if none is kept.

    Args:
        name: A constructed model's.
    """
    try:
        file = _file(name)
    except (KernelError, OSError):
        return None
    return file if is_whole(file) else None


def keep_weights(name: str) -> Path:
    """Write a model's weights to where kernels find them, unless they are there.

    Args:
        name: A constructed model's.

    Raises:
        KernelError: No constructed model has this name, or there is no place or no room for it.
    """
    file = _file(name)
    if not is_whole(file):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_weights(name, file)
            file.chmod(0o644)  # a kernel may be another user's
            _forget_others(file, name)
        except OSError as error:
            raise KernelError(
                f"{name} cannot be kept in {file.parent} ({error.strerror}): set XDG_CACHE_HOME to"
                " a directory that can be written to"
            ) from error
    return file


def _file(name: str) -> Path:
    return cache_folder() / "runs" / f"{_stem(name)}-{_recipe()}.safetensors"


def _stem(name: str) -> str:
    return name.replace("/", "_")


def _forget_others(file: Path, name: str) -> None:
    """Remove what other recipes made of it: each takes 136 MB. Who has one mapped keeps it."""
    for other in file.parent.glob(f"{_stem(name)}-{'?' * _DIGITS}.safetensors"):
        if other != file:
            with suppress(OSError):  # in use, where systems mind
                other.unlink()


@cache
def _recipe() -> str:
    """Of another recipe is another file: the code beside this one, and the libraries it uses."""
    digest = hashlib.sha256()
    for library in ("torch", "transformer_lens"):
        digest.update(version(library).encode())
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:_DIGITS]
