"""The file format of answer keys: a container of `grader.protocol.container`, never a pickle."""

from collections.abc import Mapping
from dataclasses import asdict
from types import NoneType
from typing import Any, TypeVar

import numpy as np

from grader.answer_key.model import AnswerKey, KeyProvenance
from grader.errors import AnswerKeyError
from grader.protocol.container import FILE_FORMAT, Arrays, read_container, write_container
from grader.protocol.encoding import reject_unused, to_json, value_from_json
from grader.protocol.json_fields import UnreadableError, build_dataclass, checked, parsing
from grader.protocol.values import ArrayValue, Expected, RecordedCall, Recording, Value
from grader.rubric.known_answers import Mistake

_FORMAT = "induction-lab-grader/key/5"
_EARLIER_FORMATS = b'"format": "induction-lab-grader/key/'
"""Found in keys of format 4 and earlier, which stored their structure as an array of bytes."""
_T = TypeVar("_T")


def encode_key(key: AnswerKey) -> bytes:
    """Serialize a key; the same key gives the same bytes.

    Raises:
        AnswerKeyError: The key is larger than a file may be.
    """
    arrays: Arrays = {}
    structure = {
        "format": _FORMAT,
        "about": asdict(key.provenance),
        "expected": {n: _expected_to_json(e, arrays) for n, e in _sorted_items(key.expected)},
        "variants": _answers_to_json(key.variants, arrays),
        "mistakes": _answers_to_json(key.mistakes, arrays),
        "spreads": _answers_to_json(key.spreads, arrays),
        "recordings": {
            name: _recording_to_json(recording, arrays)
            for name, recording in _sorted_items(key.recordings)
        },
        "known_mistakes": [_mistake_to_json(mistake) for mistake in key.known_mistakes],
    }
    try:
        return write_container(structure, arrays, FILE_FORMAT)
    except UnreadableError as error:
        raise AnswerKeyError(f"The answer key cannot be stored: {error}.") from error


def decode_key(data: bytes, *, name: str) -> AnswerKey:
    """Deserialize a key.

    Args:
        name: The file's name for error messages.

    Raises:
        AnswerKeyError: It is not a key, or another version of the grader made it.
    """
    try:
        node, arrays = read_container(data, FILE_FORMAT)
        if node.get("format") != _FORMAT:
            raise _other_version(name)
        with parsing():
            key = _key_from_json(node, arrays)
            reject_unused(arrays)
    except UnreadableError as error:
        if _EARLIER_FORMATS in data:
            raise _other_version(name) from error
        raise AnswerKeyError(
            f"{name} is not a readable answer key: run `grade key build`."
        ) from error
    return key


def _other_version(name: str) -> AnswerKeyError:
    return AnswerKeyError(f"{name} is a key of another grader version: run `grade key build`.")


def _key_from_json(node: Mapping[str, Any], arrays: Arrays) -> AnswerKey:
    return AnswerKey(
        provenance=build_dataclass(KeyProvenance, node["about"]),
        expected={n: _expected_from_json(e, arrays) for n, e in node["expected"].items()},
        variants=_answers_from_json(node["variants"], arrays),
        mistakes=_answers_from_json(node["mistakes"], arrays),
        spreads=_answers_from_json(node["spreads"], arrays),
        recordings={n: _recording_from_json(r, arrays) for n, r in node["recordings"].items()},
        known_mistakes=tuple(map(Mistake.model_validate, node["known_mistakes"])),
    )


def _mistake_to_json(mistake: Mistake) -> dict[str, Any]:
    return mistake.model_dump(mode="json", exclude_defaults=True) | {
        "when": [check.model_dump(mode="json") for check in mistake.when]
    }


def _sorted_items(mapping: Mapping[str, _T]) -> list[tuple[str, _T]]:
    """Sort by name, so that a key that was read is written as the same bytes."""
    return sorted(mapping.items(), key=lambda entry: entry[0])


def _values_to_json(values: Mapping[str, Value], arrays: Arrays) -> dict[str, Any]:
    return {name: to_json(value, arrays) for name, value in _sorted_items(values)}


def _values_from_json(node: Mapping[str, Any], arrays: Arrays) -> dict[str, Value]:
    return {name: value_from_json(value, arrays) for name, value in node.items()}


def _answers_to_json(named: Mapping[str, Mapping[str, Value]], arrays: Arrays) -> dict[str, Any]:
    return {name: _values_to_json(answers, arrays) for name, answers in _sorted_items(named)}


def _answers_from_json(node: Mapping[str, Any], arrays: Arrays) -> dict[str, dict[str, Value]]:
    return {name: _values_from_json(answers, arrays) for name, answers in node.items()}


def _expected_to_json(expected: Expected, arrays: Arrays) -> dict[str, Any]:
    value = to_json(expected.value, arrays)
    spread = (
        None
        if expected.spread is None
        else to_json(ArrayValue(kind="ndarray", array=expected.spread), arrays)
    )
    return {"value": value, "spread": spread, "draws": expected.draws}


def _expected_from_json(node: Mapping[str, Any], arrays: Arrays) -> Expected:
    spread = None if node["spread"] is None else value_from_json(node["spread"], arrays)
    array = checked(spread, ArrayValue).array.astype(np.float64) if spread is not None else None
    return Expected(
        value=value_from_json(node["value"], arrays),
        spread=array,
        draws=checked(node["draws"], int),
    )


def _recording_to_json(recording: Recording, arrays: Arrays) -> dict[str, Any]:
    rows = [
        {
            "arguments": _values_to_json(row.arguments, arrays),
            "result": to_json(row.result, arrays),
        }
        for row in recording.rows
    ]
    return {**recording.header(), "rows": rows}


def _recording_from_json(node: Mapping[str, Any], arrays: Arrays) -> Recording:
    rows = tuple(
        RecordedCall(
            arguments=_values_from_json(row["arguments"], arrays),
            result=value_from_json(row["result"], arrays),
        )
        for row in node["rows"]
    )
    return Recording(
        replaces=checked(node["replaces"], str),
        parameters=checked(node["parameters"], dict),
        cycle=checked(node["cycle"], str, NoneType),
        batch=checked(node["batch"], str, NoneType),
        rows=rows,
    )
