"""Answer keys as files: one safetensors file, its structure as JSON in the header. No pickle."""

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from types import NoneType
from typing import Any, TypeVar

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from grader.answer_key.model import AnswerKey, KeyAbout
from grader.errors import AnswerKeyError
from grader.protocol.encoding import UnreadableError, pack, unpack
from grader.protocol.values import Expected, Failure, Numbers, RecordedCall, Recording, Value

_FORMAT = "induction-lab-grader/key/3"
Keep = Callable[[Value], str]
Fetch = Callable[[str], Value]
Kind = TypeVar("Kind")


def key_bytes(key: AnswerKey) -> bytes:
    """Serialise a key; the same key gives the same bytes."""
    values: dict[str, bytes] = {}

    def keep(value: Value) -> str:
        name = f"{len(values):05d}"
        values[name] = pack(value)
        return name

    structure = {
        "format": _FORMAT,
        "about": asdict(key.about),
        "expected": {name: _expected_node(e, keep) for name, e in _ordered(key.expected)},
        "variants": _answers(key.variants, keep),
        "mistakes": _answers(key.mistakes, keep),
        "spreads": _answers(key.spreads, keep),
        "recordings": {name: _recording_node(r, keep) for name, r in _ordered(key.recordings)},
    }
    arrays = {name: np.frombuffer(body, dtype=np.uint8) for name, body in values.items()}
    arrays["structure"] = np.frombuffer(
        json.dumps(structure, sort_keys=True).encode(), dtype=np.uint8
    )
    return bytes(save(arrays))


def read_key(data: bytes, *, name: str) -> AnswerKey:
    """Rebuild a key.

    Raises:
        AnswerKeyError: It is not a key, or one of another version of the grader.
    """
    try:
        arrays = load(data)
        structure = json.loads(arrays["structure"].tobytes())
        if structure["format"] != _FORMAT:
            raise AnswerKeyError(
                f"{name} is a key of another grader version: run `grade key build`."
            )

        def value(at: str) -> Value:
            found = unpack(arrays.pop(at).tobytes())
            if isinstance(found, Failure):
                raise UnreadableError("a failure where a value belongs")
            return found

        return AnswerKey(
            about=_about(structure["about"]),
            expected={n: _expected(node, value) for n, node in structure["expected"].items()},
            variants={
                n: {p: value(at) for p, at in a.items()} for n, a in structure["variants"].items()
            },
            mistakes={
                n: {p: value(at) for p, at in a.items()} for n, a in structure["mistakes"].items()
            },
            recordings={n: _recording(node, value) for n, node in structure["recordings"].items()},
            spreads={
                n: {p: value(at) for p, at in a.items()} for n, a in structure["spreads"].items()
            },
        )
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
        SafetensorError,
    ) as error:
        raise AnswerKeyError(
            f"{name} is not a readable answer key: run `grade key build`."
        ) from error


def _about(node: Mapping[str, Any]) -> KeyAbout:
    about = KeyAbout(**node)
    kinds = {field.name: field.type for field in fields(KeyAbout)}
    if any(type(value) is not kinds[name] for name, value in asdict(about).items()):
        raise TypeError("what a key is about has other types")
    return about


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _kept(value: object, *kinds: type[Kind]) -> Kind:
    """A part of the structure, if it is of the kind it must be."""
    if not isinstance(value, kinds):
        raise TypeError("a part of the structure is of another kind")
    return value


def _ordered(mapping: Mapping[str, Kind]) -> list[tuple[str, Kind]]:
    """By name: a key that was read is written as one that was just made."""
    return sorted(mapping.items(), key=lambda entry: entry[0])


def _answers(named: Mapping[str, Mapping[str, Value]], keep: Keep) -> dict[str, dict[str, str]]:
    return {n: {probe: keep(v) for probe, v in _ordered(a)} for n, a in _ordered(named)}


def _expected_node(expected: Expected, keep: Keep) -> dict[str, Any]:
    spread = (
        None if expected.spread is None else keep(Numbers(kind="ndarray", array=expected.spread))
    )
    return {"value": keep(expected.value), "spread": spread, "draws": expected.draws}


def _expected(node: Mapping[str, Any], value: Fetch) -> Expected:
    spread = value(node["spread"]) if node["spread"] is not None else None
    array = spread.array.astype(np.float64) if isinstance(spread, Numbers) else None
    return Expected(value=value(node["value"]), spread=array, draws=_kept(node["draws"], int))


def _recording_node(recording: Recording, keep: Keep) -> dict[str, Any]:
    rows = [
        {"arguments": {k: keep(v) for k, v in _ordered(row.arguments)}, "result": keep(row.result)}
        for row in recording.rows
    ]
    return {
        "replaces": recording.replaces,
        "parameters": dict(recording.parameters),
        "order": list(recording.parameters),
        "cycle": recording.cycle,
        "batch": recording.batch,
        "rows": rows,
    }


def _recording(node: Mapping[str, Any], value: Fetch) -> Recording:
    rows = tuple(
        RecordedCall(
            arguments={k: value(v) for k, v in row["arguments"].items()},
            result=value(row["result"]),
        )
        for row in node["rows"]
    )
    return Recording(
        replaces=_kept(node["replaces"], str),
        parameters={name: node["parameters"][name] for name in node["order"]},
        cycle=_kept(node["cycle"], str, NoneType),
        batch=_kept(node["batch"], str, NoneType),
        rows=rows,
    )
