"""What became of one submission of a batch."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.batch.entry import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What became of one submission: texts, numbers and bytes, which travel."""

    state: State
    reason: str = ""
    seconds: float = 0.0
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What is kept of it, by the names of files."""
    score: float | None = None
    total: float = 0.0
