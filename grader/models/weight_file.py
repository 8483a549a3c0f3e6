"""Stores a synthetic model as one file of weights and sizes, without the name it was built from.

Anyone with this package can build a model from its name and look up its circuit. The file reveals
no more than any model's weights do. Transformations are applied to the weights before they are
written.
"""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from mmap import ACCESS_COPY, mmap
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor
from transformer_lens import HookedTransformer

from grader.errors import KernelError
from grader.models.config import empty_model
from grader.models.load import load_model
from grader.models.tokenizer import gpt2_tokenizer
from grader.protocol.model_names import is_synthetic

_MAX_SIZE = 10**6
_PAGE, _ALIGNMENT = 4096, 64
"""Bytes that the header is padded to, and torch's alignment of tensors in memory: with another
alignment a product of matrices may be summed in another order."""


class _Metadata(NamedTuple):
    """A file's metadata: everything besides the weights that synthetic models differ in."""

    n_layers: int
    n_heads: int
    d_model: int
    d_head: int
    n_ctx: int
    d_vocab: int
    has_text: bool
    """True if the model's tokens are GPT-2's."""

    @property
    def sizes(self) -> dict[str, int]:
        """The sizes by name, without `has_text`."""
        return {name: number for name, number in self._asdict().items() if name != "has_text"}


def write_weights(name: str, file: Path) -> None:
    """Build a model and write it atomically to a file that only this user may read.

    Args:
        name: Name of a planted or generic model, with or without transformations.
        file: File to write, replaced if it exists; its directory must exist.

    Raises:
        KernelError: No synthetic model has this name, or the file cannot be written.
    """
    if not is_synthetic(name):
        raise KernelError(f"{name!r} is not synthetic: only planted and generic models are")
    model = load_model(name, "cpu")
    metadata = json.dumps(_metadata_of(model)._asdict())
    try:
        with TemporaryDirectory(dir=file.parent) as scratch:
            temporary = Path(scratch) / file.name
            save_weights(model, temporary, metadata)
            temporary.replace(file)
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise KernelError(
            f"a model's weights cannot be written to {file.parent} ({reason}): make room there, or"
            " set TMPDIR to a directory that can be written to"
        ) from error


def save_weights(model: HookedTransformer, file: Path, metadata: str = "") -> None:
    """Write a model's parameters as a safetensors file, aligned so that most can be mapped.

    Args:
        model: A model whose parameters are float32 and on the CPU.
        file: A file that does not exist yet; only this user may read it.
        metadata: Text that describes the model.

    Raises:
        OSError: The file cannot be written.
    """
    tensors = {name: weight.detach().contiguous() for name, weight in model.named_parameters()}
    header: dict[str, object] = {"__metadata__": {"model": metadata}}
    end = 0
    # The format has no gaps: tensors that would misalign their successors come last.
    order = sorted(tensors, key=lambda name: tensors[name].nbytes % _ALIGNMENT > 0)
    for name in order:
        start, end = end, end + tensors[name].nbytes
        shape = list(tensors[name].shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, end]}
    encoded = json.dumps(header).encode()
    encoded += b" " * (-(len(encoded) + 8) % _PAGE)
    file.touch(mode=0o600, exist_ok=False)
    with file.open("r+b") as stream:
        stream.write(len(encoded).to_bytes(8, "little") + encoded)
        for name in order:
            stream.write(tensors[name].numpy().data)


def is_complete(file: Path) -> bool:
    """Return True if a file of `write_weights` exists and has the length that its header states.

    A mapped file that is shorter would crash the process.
    """
    try:
        with safe_open(file, framework="pt") as tensors:
            _parse_metadata(tensors.metadata())
    except (OSError, SafetensorError, TypeError, ValueError):
        return False
    return True


def map_weights(file: Path) -> dict[str, Tensor]:
    """Map the aligned weights of a file into memory, copy-on-write.

    Each call returns tensors of its own; writing to one changes neither the file nor the tensors
    of another call. The file must not change while one of them exists.

    Args:
        file: A file that `save_weights` wrote.
    """
    with file.open("rb") as stream:
        start = 8 + int.from_bytes(stream.read(8), "little")
        header = json.loads(stream.read(start - 8))
        content = mmap(stream.fileno(), 0, access=ACCESS_COPY)
    del header["__metadata__"]
    mapped = {}
    with _default_torch_settings():
        for name, entry in header.items():
            offset, count = start + entry["data_offsets"][0], math.prod(entry["shape"])
            if offset % _ALIGNMENT == 0 and count:
                flat = torch.frombuffer(content, dtype=torch.float32, count=count, offset=offset)
                mapped[name] = flat.view(entry["shape"])
    return mapped


def read_weights(file: Path, device: str, *, mapped: bool = False) -> HookedTransformer:
    """Read a model that equals `load_model`'s bit for bit and attribute for attribute.

    The model owns its weights: they may be written to, and the file may be changed or deleted.
    Torch's global settings in this process have no effect.

    Args:
        file: A file that `write_weights` wrote.
        device: Device of the model, such as `cpu` or `cuda`.
        mapped: Map weights from the file, as `map_weights` does; on the CPU only. The file must
            then not change.

    Raises:
        KernelError: The file does not exist or is damaged.
    """
    with _default_torch_settings():
        try:
            model = _read(file, mapped=mapped)
        except (OSError, SafetensorError, TypeError, ValueError) as error:
            raise KernelError(
                f"{file} is missing, damaged, or not a model's weights: write it anew"
            ) from error
        if device != "cpu":
            model.to(device, print_details=False)
    return model


@contextmanager
def _default_torch_settings() -> Iterator[None]:
    """Use torch's initial global settings while a model is built."""
    dtype = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    try:
        with torch.device("cpu"), torch.inference_mode(mode=False), torch.no_grad():
            yield
    finally:
        torch.set_default_dtype(dtype)


def _metadata_of(model: HookedTransformer) -> _Metadata:
    cfg = model.cfg
    return _Metadata(
        n_layers=cfg.n_layers,
        n_heads=cfg.n_heads,
        d_model=cfg.d_model,
        d_head=cfg.d_head,
        n_ctx=cfg.n_ctx,
        d_vocab=cfg.d_vocab,
        has_text=model.tokenizer is not None,
    )


def _parse_metadata(header: dict[str, str] | None) -> _Metadata:
    """Parse and validate a file's metadata."""
    metadata = _Metadata(**json.loads((header or {}).get("model", "{}")))
    *sizes, has_text = metadata
    if type(has_text) is not bool:
        raise TypeError("has_text is no boolean")
    if not all(type(size) is int and 0 < size <= _MAX_SIZE for size in sizes):
        raise ValueError("a size is out of range")
    return metadata


def _read(file: Path, *, mapped: bool) -> HookedTransformer:
    with safe_open(file, framework="pt") as tensors:
        metadata = _parse_metadata(tensors.metadata())
        model = empty_model(**metadata.sizes).eval().requires_grad_(requires_grad=False)
        weights = dict(model.named_parameters())
        if set(tensors.keys()) != weights.keys():
            raise ValueError("the weights are of another model")
        mapped_weights = map_weights(file) if mapped else {}
        for name, weight in weights.items():
            tensor = tensors.get_tensor(name)  # a view of the file, hence copied below
            if (tensor.shape, tensor.dtype) != (weight.shape, weight.dtype):
                raise ValueError(f"{name} has another shape or type")
            if name in mapped_weights:
                weight.data = mapped_weights[name]
            else:
                weight.copy_(tensor)
    if metadata.has_text:
        model.set_tokenizer(gpt2_tokenizer(add_bos_token=True))
    return model
