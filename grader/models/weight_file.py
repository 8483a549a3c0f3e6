"""A constructed model as one file: its weights and its size, not the name that it was made from.

From a name, whoever has this package can build the model and look up its circuit. From the file,
no more than from any model. A disguise is in the weights and so in the file.
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
from grader.models.config import blank
from grader.models.load import is_constructed, load_model
from grader.models.tokenizer import gpt2_tokenizer

_MAX_SIZE = 10**6
_PAGE, _ALIGNED = 4096, 64
"""Where numbers begin in a file, and where torch has a tensor begin in memory: elsewhere a product
of matrices may be summed in another order."""


class _Facts(NamedTuple):
    """All that sets constructed models apart besides their weights: what a file says of one."""

    n_layers: int
    n_heads: int
    d_model: int
    d_head: int
    n_ctx: int
    d_vocab: int
    has_text: bool
    """Whether its tokens are GPT-2's."""

    @property
    def sizes(self) -> dict[str, int]:
        """All but the last, by name."""
        return {name: number for name, number in self._asdict().items() if name != "has_text"}


def write_weights(name: str, file: Path) -> None:
    """Build a model and write it to a file that only this user may read, whole or not at all.

    Args:
        name: A planted or generic model, in disguise or not.
        file: Replaced if there is one; its directory must exist.

    Raises:
        KernelError: No constructed model has this name, or it cannot be written.
    """
    if not is_constructed(name):
        raise KernelError(f"{name!r} is not constructed: only planted and generic models are")
    model = load_model(name, "cpu")
    facts = json.dumps(_facts(model)._asdict())
    try:
        with TemporaryDirectory(dir=file.parent) as scratch:
            built = Path(scratch) / file.name
            save_weights(model, built, facts)
            built.replace(file)
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise KernelError(
            f"a model's weights cannot be written to {file.parent} ({reason}): make room there, or"
            " set TMPDIR to a directory that can be written to"
        ) from error


def save_weights(model: HookedTransformer, file: Path, facts: str = "") -> None:
    """Write a model's parameters as safetensors does, but so that most of them can be mapped.

    Args:
        model: Its parameters are float32 and on the CPU.
        file: Must not exist; only this user may read it.
        facts: What the file says of the model.

    Raises:
        OSError: It cannot be written.
    """
    content = {name: weight.detach().contiguous() for name, weight in model.named_parameters()}
    header: dict[str, object] = {"__metadata__": {"model": facts}}
    end = 0
    # The format has no gaps: what would put the next one askew comes last.
    order = sorted(content, key=lambda name: content[name].nbytes % _ALIGNED > 0)
    for name in order:
        start, end = end, end + content[name].nbytes
        shape = list(content[name].shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, end]}
    said = json.dumps(header).encode()
    said += b" " * (-(len(said) + 8) % _PAGE)
    file.touch(mode=0o600, exist_ok=False)
    with file.open("r+b") as opened:
        opened.write(len(said).to_bytes(8, "little") + said)
        for name in order:
            opened.write(content[name].numpy().data)


def is_whole(file: Path) -> bool:
    """Whether a file is as long as it says; one that is mapped and is not would end the process.

    Args:
        file: One that `write_weights` wrote, if it is there.
    """
    try:
        with safe_open(file, framework="pt") as kept:
            _parse(kept.metadata())
    except (OSError, SafetensorError, TypeError, ValueError):
        return False
    return True


def map_weights(file: Path) -> dict[str, Tensor]:
    """The weights of a file that can stay in it: memory of their own is taken as they are written.

    Each call gives tensors of its own, none of which sees what is written to another. The file
    must not change as long as one of them is there.

    Args:
        file: One that `write_weights` wrote and `read_weights` has read.
    """
    with file.open("rb") as opened:
        start = 8 + int.from_bytes(opened.read(8), "little")
        header = json.loads(opened.read(start - 8))
        content = mmap(opened.fileno(), 0, access=ACCESS_COPY)
    del header["__metadata__"]
    mapped = {}
    with _fresh_torch():
        for name, told in header.items():
            offset, count = start + told["data_offsets"][0], math.prod(told["shape"])
            if offset % _ALIGNED == 0 and count:
                flat = torch.frombuffer(content, dtype=torch.float32, count=count, offset=offset)
                mapped[name] = flat.view(told["shape"])
    return mapped


def read_weights(file: Path, device: str, *, mapped: bool = False) -> HookedTransformer:
    """Read a model back, bit for bit and attribute for attribute what `load_model` gives.

    Its weights are its own: the file may be changed or deleted, and they may be written to.
    Torch's global switches do not count, whatever was done to them in this process before.

    Args:
        file: One that `write_weights` wrote.
        device: Where the model goes, such as `cpu` or `cuda`.
        mapped: Leave in the file what can stay there, as `map_weights` does; on the CPU only.

    Raises:
        KernelError: There is no such file, or it is damaged.
    """
    with _fresh_torch():
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
def _fresh_torch() -> Iterator[None]:
    """Torch as it is when a process starts, for as long as a model is made."""
    dtype = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    try:
        with torch.device("cpu"), torch.inference_mode(mode=False), torch.no_grad():
            yield
    finally:
        torch.set_default_dtype(dtype)


def _facts(model: HookedTransformer) -> _Facts:
    cfg = model.cfg
    return _Facts(
        n_layers=cfg.n_layers,
        n_heads=cfg.n_heads,
        d_model=cfg.d_model,
        d_head=cfg.d_head,
        n_ctx=cfg.n_ctx,
        d_vocab=cfg.d_vocab,
        has_text=model.tokenizer is not None,
    )


def _parse(metadata: dict[str, str] | None) -> _Facts:
    """What a file says of its model, every number of it possible."""
    facts = _Facts(**json.loads((metadata or {}).get("model", "{}")))
    *sizes, has_text = facts
    if type(has_text) is not bool:
        raise TypeError("neither text nor none")
    if not all(type(size) is int and 0 < size <= _MAX_SIZE for size in sizes):
        raise ValueError("no size of a model")
    return facts


def _read(file: Path, *, mapped: bool) -> HookedTransformer:
    with safe_open(file, framework="pt") as kept:
        facts = _parse(kept.metadata())
        model = blank(**facts.sizes).eval().requires_grad_(requires_grad=False)
        weights = dict(model.named_parameters())
        if set(kept.keys()) != weights.keys():
            raise ValueError("weights of another model")
        in_file = map_weights(file) if mapped else {}
        for name, weight in weights.items():
            read = kept.get_tensor(name)  # a view of the file, and so copied
            if (read.shape, read.dtype) != (weight.shape, weight.dtype):
                raise ValueError(f"{name} of another kind")
            if name in in_file:
                weight.data = in_file[name]
            else:
                weight.copy_(read)
    if facts.has_text:
        model.set_tokenizer(gpt2_tokenizer(add_bos_token=True))
    return model
