"""Checks the lab's rubric, answer key and reference solution, and GPT-2's weights."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.answer_key.find import shipped_key
from grader.answer_key.reference_source import has_reference
from grader.doctor.finding import Finding
from grader.errors import GraderError
from grader.files.cache import hub_cache
from grader.rubric.load import RubricFile

_WEIGHTS = "GPT-2 weights"
_MODEL_FOLDERS = ("models--gpt2", "models--openai-community--gpt2")
_WEIGHT_FILES = ("model.safetensors", "pytorch_model.bin")
_CACHE_VARIABLES = ("HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME")
_OFFLINE_VARIABLES = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
_FALSE = frozenset({"", "0", "false", "no", "off"})
_DOWNLOAD = (
    "To get them, run `hf download gpt2` where there is a network. Elsewhere, copy its folder "
    "models--gpt2 there, or set HF_HOME to where it is."
)


def check_weights(environment: Mapping[str, str] = os.environ) -> Finding:
    """Check that ``--model gpt2-small`` would find its weights.

    Args:
        environment: Environment variables, which select the cache folder.
    """
    hub = hub_cache()
    place = f"{hub} ({_cache_reason(environment)})"
    folders = [hub / name for name in _MODEL_FOLDERS if (hub / name).is_dir()]
    if any(has_complete_weights(folder) for folder in folders):
        return Finding(name=_WEIGHTS, message=f"found in {place}: --model gpt2-small works.")
    if folders:
        return Finding(
            name=_WEIGHTS,
            message=f"{folders[0]} exists, but has no complete snapshot.",
            state="warning",
            advice="Self-checks do not need it. Delete the folder and download it again: "
            "`hf download gpt2`.",
        )
    variables = ", ".join(_offline_variables(environment))
    offline = f" They would not be downloaded: {variables}." if variables else ""
    return Finding(
        name=_WEIGHTS,
        message=f"not in {place}. Only --model gpt2-small needs them, self-checks do not.{offline}",
        advice=_DOWNLOAD,
    )


def has_complete_weights(folder: Path) -> bool:
    """Return True if a ``models--NAME`` folder has a snapshot with weights."""
    files = (snapshot / name for snapshot in folder.glob("snapshots/*") for name in _WEIGHT_FILES)
    return any(file.is_file() and file.stat().st_size > 0 for file in files)


def check_lab(file: RubricFile) -> Iterator[Finding]:
    """Check that a rubric has an answer key, or a reference solution to build one."""
    rubric = file.rubric
    says = f"{rubric.lab} {rubric.version}, {len(rubric.criteria)} criteria"
    yield Finding(name="Lab", message=says)
    reference = has_reference(rubric)
    yield check_key(file, reference=reference)
    if reference:
        yield Finding(name="Reference", message="installed: other models and seeds work too.")
    else:
        says = "not installed: self-checks work without it; other models and seeds do not."
        yield Finding(name="Reference", message=says)


def check_key(file: RubricFile, *, reference: bool) -> Finding:
    """Check that the shipped key fits the rubric, or that a key can be built.

    Args:
        file: The rubric.
        reference: True if the reference solution is installed.
    """
    try:
        key = shipped_key(file)
        problem = "the shipped key does not fit the rubric"
    except GraderError as error:
        key, problem = None, f"the shipped key cannot be read: {error}"
    if key is not None:
        made = key.provenance
        says = f"shipped with the grader, for {made.model} (built with torch {made.torch})"
        return Finding(name="Answer key", message=says)
    if reference:
        return Finding(
            name="Answer key",
            message=f"{problem}: one is built when it is first needed, which takes minutes.",
            state="warning",
            advice="`grade key build` builds it now.",
        )
    return Finding(
        name="Answer key",
        message=f"{problem}, and there is no reference solution to build one.",
        state="problem",
        advice="Install the grader again, and grade with the rubric that comes with it.",
    )


def _cache_reason(environment: Mapping[str, str]) -> str:
    """Return the reason why the weights are expected in this folder."""
    name = next((name for name in _CACHE_VARIABLES if environment.get(name)), None)
    return f"set by {name}" if name else "the default; HF_HOME changes it"


def _offline_variables(environment: Mapping[str, str]) -> Iterator[str]:
    for name in _OFFLINE_VARIABLES:
        value = environment.get(name, "")
        if value.strip().lower() not in _FALSE:
            yield f"{name}={value[:20]}"
