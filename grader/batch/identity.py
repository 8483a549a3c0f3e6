"""What makes a graded submission the one that is asked for now, and not to be run again."""

import hashlib
import json
from dataclasses import asdict, dataclass
from importlib import metadata

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

    @property
    def digest(self) -> str:
        """Of all of it: another rubric, key or grader gives another."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def handed_in(found: Found) -> str:
    """Digest of a submission: of its notebook's bytes, or of why there is none."""
    try:
        data = read_regular(found.notebook, _MAX_BYTES, follow=False) if found.notebook else b""
    except ReadingError as error:
        data = str(error).encode()
    refusal = (found.refusal or "").encode("utf-8", "surrogatepass")
    return hashlib.sha256(refusal + b"\0" + data).hexdigest()
