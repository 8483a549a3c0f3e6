"""What makes a graded submission the one that is asked for now, and not to be run again."""

import hashlib
import json
from dataclasses import asdict, dataclass
from importlib import metadata

from grader.key_file import key_bytes
from grader.sitting import Sitting

_DISTRIBUTION = "induction-lab-grader"


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

    @property
    def digest(self) -> str:
        """Of all of it: another rubric, key or grader gives another."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()
