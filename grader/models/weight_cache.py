"""Caches synthetic models' weights: kernels map a file instead of building the model."""

import hashlib
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

from grader.errors import KernelError
from grader.models.weight_file import is_complete, write_weights
from grader.protocol import model_names
from grader.protocol.installation import cache_folder

PUBLIC_MODEL = "planted-12x12"
"""Name of the model that the lab is graded on unless its rubric names another."""

_KEY_DIGITS = 20


def cached_weights(name: str) -> Path | None:
    """Return the cached file of a synthetic model, or None if it is missing or out of date."""
    try:
        file = _cache_file(name)
    except (KernelError, OSError):
        return None
    return file if is_complete(file) else None


def store_weights(name: str) -> Path:
    """Write a synthetic model's weights to the cache, unless they are there, and return the file.

    Raises:
        KernelError: No synthetic model has this name, or the cache cannot be written to.
    """
    file = _cache_file(name)
    if not is_complete(file):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_weights(name, file)
            file.chmod(0o644)  # kernels may run as another user
            _evict_old(file, name)
        except OSError as error:
            raise KernelError(
                f"{name} cannot be kept in {file.parent} ({error.strerror}): set XDG_CACHE_HOME to"
                " a directory that can be written to"
            ) from error
    return file


def _cache_file(name: str) -> Path:
    return cache_folder() / "runs" / f"{_file_stem(name)}-{_cache_key()}.safetensors"


def _file_stem(name: str) -> str:
    return name.replace("/", "_")


def _evict_old(file: Path, name: str) -> None:
    """Delete this model's files with other cache keys, which take up to 136 MB each.

    A process that has mapped one keeps its mapping.
    """
    for other in file.parent.glob(f"{_file_stem(name)}-{'?' * _KEY_DIGITS}.safetensors"):
        if other != file:
            with suppress(OSError):  # some systems do not delete files in use
                other.unlink()


@cache
def _cache_key() -> str:
    """Return a digest of everything that weights depend on: this package's code, and libraries."""
    digest = hashlib.sha256()
    for library in ("torch", "transformer_lens"):
        digest.update(version(library).encode())
    for source in [*sorted(Path(__file__).parent.rglob("*.py")), Path(model_names.__file__)]:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:_KEY_DIGITS]
