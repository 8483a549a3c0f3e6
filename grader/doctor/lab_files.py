"""GPT-2's weights: whether they are here, and where they would be looked for."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.answer_key.find import shipped_key
from grader.answer_key.reference_source import has_reference
from grader.doctor.finding import Finding
from grader.errors import GraderError
from grader.files.cache import hub_cache
from grader.rubric.load import RubricFile

# MERGED: The lab's rubric, its answer key, and the reference that makes keys.
_NAMES = ("models--gpt2", "models--openai-community--gpt2")
_FILES = ("model.safetensors", "pytorch_model.bin")
_PLACES = ("HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME")
_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
_NO = frozenset({"", "0", "false", "no", "off"})
_NAME = "GPT-2 weights"
_FETCH = (
    "To have them: `hf download gpt2` where there is a network; elsewhere copy its folder "
    "models--gpt2 there, or set HF_HOME to where it is."
)


def weights(environment: Mapping[str, str] = os.environ) -> Finding:
    """Whether ``--model gpt2-small`` would find its weights.

    Args:
        environment: This process's, for what decides where they are.
    """
    hub = hub_cache()
    where = f"{hub} ({_why(environment)})"
    begun = [hub / name for name in _NAMES if (hub / name).is_dir()]
    if any(complete(folder) for folder in begun):
        return Finding(name=_NAME, says=f"found in {where}: --model gpt2-small works.")
    if begun:
        return Finding(
            name=_NAME,
            says=f"{begun[0]} is there, but no whole snapshot is in it.",
            state="warning",
            advice="Self-checks do not need it. Delete the folder and fetch it again: "
            "`hf download gpt2`.",
        )
    offline = ", ".join(_offline(environment))
    kept = f" They would not be fetched: {offline}." if offline else ""
    return Finding(
        name=_NAME,
        says=f"not in {where}. Only --model gpt2-small needs them, self-checks do not.{kept}",
        advice=_FETCH,
    )


def complete(folder: Path) -> bool:
    """Whether a model's folder in the cache has a snapshot with weights in it.

    Args:
        folder: `models--NAME`.
    """
    found = (snapshot / name for snapshot in folder.glob("snapshots/*") for name in _FILES)
    return any(file.is_file() and file.stat().st_size > 0 for file in found)


def _why(environment: Mapping[str, str]) -> str:
    """What decides where they are looked for."""
    name = next((name for name in _PLACES if environment.get(name)), None)
    return f"{name} says so" if name else "the usual place; HF_HOME changes it"


def _offline(environment: Mapping[str, str]) -> Iterator[str]:
    for name in _OFFLINE:
        value = environment.get(name, "")
        if value.strip().lower() not in _NO:
            yield f"{name}={value[:20]}"


def answers(file: RubricFile) -> Iterator[Finding]:
    """Whether there is something to compare answers with.

    Args:
        file: The rubric.
    """
    rubric = file.rubric
    says = f"{rubric.lab} {rubric.version}, {len(rubric.criteria)} criteria"
    yield Finding(name="Lab", says=says)
    reference = has_reference(rubric)
    yield key(file, reference=reference)
    if reference:
        yield Finding(name="Reference", says="installed: other models and seeds work too.")
    else:
        says = "not installed: self-checks work without; other models and seeds do not."
        yield Finding(name="Reference", says=says)


def key(file: RubricFile, *, reference: bool) -> Finding:
    """Whether the key that ships is for this rubric, or one can be made.

    Args:
        file: The rubric.
        reference: Whether the reference is here to make one.
    """
    try:
        found = shipped_key(file)
        says = "the one that ships does not fit the rubric"
    except GraderError as error:
        found, says = None, f"the one that ships cannot be read: {error}"
    if found is not None:
        about = found.about
        says = f"ships with the grader, for {about.model} (made with torch {about.torch})"
        return Finding(name="Answer key", says=says)
    if reference:
        return Finding(
            name="Answer key",
            says=f"{says}: one is made when it is first needed, which takes minutes.",
            state="warning",
            advice="`grade key build` makes it now.",
        )
    return Finding(
        name="Answer key",
        says=f"{says}, and the reference is not here to make one.",
        state="problem",
        advice="Install the grader again, and grade with the rubric that comes with it.",
    )
