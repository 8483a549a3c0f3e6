"""The lab that is installed here, as a student may know it: its rubric and its public key."""

from dataclasses import dataclass, replace
from functools import cache

from grader.answer_key.find import shipped_key
from grader.answer_key.model import AnswerKey
from grader.errors import AnswerKeyError
from grader.kernel.model_store import Shelf
from grader.rubric.load import RubricFile, find_rubric


# MERGED: The grading models of a student's kernel: built when they are first needed, then kept.
@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """What there is to ask, and the answers that everyone may see."""

    file: RubricFile
    """Without hidden probes."""
    key: AnswerKey


@cache
def installed_lab() -> Lab:
    """Read it, once.

    Raises:
        RubricError: There is none, or it has mistakes.
        AnswerKeyError: It brings no public key that fits.
    """
    file = find_rubric(None)
    key = shipped_key(file)
    if key is None:
        raise AnswerKeyError(f"The lab {file.rubric.lab} brings no answer key that fits it.")
    return Lab(file=replace(file, rubric=file.rubric.without_hidden()), key=key)


@cache
def shelf(device: str) -> Shelf:
    """The one for a device; `shelf.cache_clear` after a build that was broken off.

    Args:
        device: Its name.
    """
    return Shelf(device, spare=False)
