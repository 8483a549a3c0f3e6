"""A sitting as data, to be opened on another machine: rubric, key and settings, no reference."""

from dataclasses import dataclass
from importlib import metadata
from typing import Any

from grader.errors import GraderError
from grader.key_file import key_bytes, read_key
from grader.rubric import Rubric
from grader.rubric_file import RubricFile
from grader.sitting import Settings, Sitting, chosen

_DISTRIBUTION = "induction-lab-grader"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What a worker needs to grade as we would: texts, numbers and bytes."""

    version: str
    rubric: str
    """Of what was selected, as JSON."""
    name: str
    sha256: str
    key: bytes
    settings: dict[str, Any]
    seed: int
    share: float


def packed(sitting: Sitting) -> Parcel:
    """A sitting made ready to travel; on workers there is a sandbox unless that was ruled out."""
    settings = sitting.settings
    level = "strict" if settings.isolation == "auto" else settings.isolation
    known = {"device": settings.device, "full": settings.full, "only": settings.only}
    return Parcel(
        version=metadata.version(_DISTRIBUTION),
        rubric=sitting.file.rubric.model_dump_json(by_alias=True),
        name=sitting.file.name,
        sha256=sitting.file.sha256,
        key=key_bytes(sitting.key),
        settings={**known, "isolation": level},
        seed=sitting.seed,
        share=sitting.share,
    )


def opened(parcel: Parcel) -> Sitting:
    """The sitting, with a sandbox of this machine.

    Args:
        parcel: What `packed` made of it.

    Raises:
        GraderError: The grader here is of another version, or there is no sandbox.
    """
    own = metadata.version(_DISTRIBUTION)
    if parcel.version != own:
        raise GraderError(
            f"this worker has {_DISTRIBUTION} {own} and the batch is graded by {parcel.version}: "
            "install the same version everywhere."
        )
    settings = Settings(**parcel.settings)
    return Sitting(
        file=RubricFile(
            rubric=Rubric.model_validate_json(parcel.rubric), name=parcel.name, sha256=parcel.sha256
        ),
        key=read_key(parcel.key, name="the batch's key"),
        settings=settings,
        seed=parcel.seed,
        backend=chosen(settings),
        share=parcel.share,
    )
