"""The installed lab as a student may know it: its rubric, its public key, its grading models."""

from dataclasses import dataclass, replace
from functools import cache

from grader.answer_key.find import shipped_key
from grader.answer_key.model import AnswerKey
from grader.errors import AnswerKeyError
from grader.kernel.model_store import ModelStore
from grader.rubric.load import RubricFile, load_rubric


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicLab:
    """A lab's rubric and public key."""

    file: RubricFile
    """The rubric, without hidden probes."""
    key: AnswerKey


@cache
def installed_lab() -> PublicLab:
    """Load the installed lab, once.

    Raises:
        RubricError: No lab is installed, or its rubric has mistakes.
        AnswerKeyError: The lab has no public key that fits.
    """
    file = load_rubric()
    key = shipped_key(file)
    if key is None:
        raise AnswerKeyError(f"The lab {file.rubric.lab} has no answer key that fits it.")
    rubric = file.rubric.with_mistakes(key.known_mistakes).without_hidden()
    return PublicLab(file=replace(file, rubric=rubric), key=key)


@cache
def model_store(device: str) -> ModelStore:
    """Return the store of grading models for a device; models are built on first use.

    After an interrupted construction, call `model_store.cache_clear`.
    """
    return ModelStore(device, save_memory=False)
