"""Chooses a package's keys for a run: the public one, and one of the hidden ones at random."""

import secrets
from dataclasses import replace
from pathlib import Path

from grader.errors import AnswerKeyError
from grader.files.escape import printable
from grader.grading.session import Settings, why_hidden_skipped
from grader.integrations.packages.contents import PUBLIC_KEY
from grader.rubric.load import RubricFile


def pick_keys(
    folder: Path, file: RubricFile, settings: Settings
) -> tuple[Settings, tuple[str, ...]]:
    """Add keys from a package's folder of keys to the settings.

    Returns:
        The settings with keys, and a note if hidden probes are skipped.

    Raises:
        AnswerKeyError: The folder has no key.
    """
    keys = {path.name: path for path in sorted(folder.glob("*.key"))}
    if not keys:
        raise AnswerKeyError(
            f"There is no key in {printable(str(folder))}: package the autograder again."
        )
    settings = replace(settings, public_key=keys.pop(PUBLIC_KEY, None))
    if not keys:
        return settings, ()
    full = replace(settings, full=True, hidden_key=secrets.choice(list(keys.values())))
    if reason := why_hidden_skipped(file, full):
        return settings, (reason,)
    return full, ()
