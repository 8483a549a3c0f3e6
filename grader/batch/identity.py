"""What makes a graded submission the one that is asked for now, and not to be run again."""

import hashlib
import json
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from grader.batch.found import Found
from grader.key_file import key_bytes
from grader.reading import ReadingError, read_regular
from grader.sitting import Sitting

_DISTRIBUTION = "induction-lab-grader"
_MAX_BYTES = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything of a batch that a verdict depends on, besides the notebook."""

    grader: str
    rubric: str
    key: str
    model: str
    device: str
    seed: int
    full: bool

    @classmethod
    def of(cls, sitting: Sitting) -> "Standing":
        """What a sitting grades by."""
        return cls(
            grader=metadata.version(_DISTRIBUTION),
            rubric=sitting.file.sha256,
            key=hashlib.sha256(key_bytes(sitting.key)).hexdigest(),
            model=sitting.file.rubric.models["grading"],
            device=sitting.settings.device,
            seed=sitting.seed,
            full=sitting.settings.full,
        )

    def identity(self, found: Found) -> str:
        """Of one submission: another notebook, rubric, key or grader gives another.

        Args:
            found: The submission; its notebook is read.
        """
        facts: list[Any] = [
            [getattr(self, name) for name in self.__slots__],
            found.refusal or (_digest(found.notebook) if found.notebook else ""),
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _digest(notebook: Path) -> str:
    """Of its bytes; a file that cannot be read is told by why."""
    try:
        return hashlib.sha256(read_regular(notebook, _MAX_BYTES, follow=False)).hexdigest()
    except ReadingError as error:
        return str(error)
