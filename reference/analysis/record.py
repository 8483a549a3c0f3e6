"""The analysis as JSON: all its numbers, with sorted keys."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from grader.models import Head
from reference.analysis.measure import Analysis


def to_json(analysis: Analysis) -> str:
    """Write an analysis down; heads are named as in L5H1, what is not finite is null.

    Args:
        analysis: The analysis.
    """
    return json.dumps(_plain(analysis), sort_keys=True, indent=1, allow_nan=False) + "\n"


def _plain(value: object) -> Any:  # noqa: ANN401 (JSON is any of its types)
    plain: Any = value
    match value:
        case Head():
            plain = str(value)
        case float():
            plain = value if math.isfinite(value) else None
        case np.ndarray():
            plain = _plain(value.tolist())
        case Mapping():
            plain = {key: _plain(part) for key, part in value.items()}
        case list() | tuple():
            plain = [_plain(part) for part in value]
        case _ if is_dataclass(value):
            plain = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return plain
