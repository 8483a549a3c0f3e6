"""Which of a package's keys a run uses: the public one, and a hidden one that is drawn."""

import secrets
from dataclasses import replace
from pathlib import Path

from grader.errors import AnswerKeyError
from grader.files.untrusted import shown
from grader.grading.session import Settings, left_out
from grader.integrations.packages.contents import PUBLIC_KEY
from grader.rubric.load import RubricFile


def draw(folder: Path, file: RubricFile, settings: Settings) -> tuple[Settings, tuple[str, ...]]:
    """Choose keys.

    Args:
        folder: The package's folder of keys.
        file: The rubric.
        settings: As they are without keys.

    Returns:
        The settings with them, and what is to be said where hidden probes are left out.

    Raises:
        AnswerKeyError: There is no key.
    """
    keys = {path.name: path for path in sorted(folder.glob("*.key"))}
    if not keys:
        raise AnswerKeyError(
            f"There is no key in {shown(str(folder))}: package the autograder again."
        )
    settings = replace(settings, public_key=keys.pop(PUBLIC_KEY, None))
    if not keys:
        return settings, ()
    full = replace(settings, full=True, hidden_key=secrets.choice(list(keys.values())))
    if why := left_out(file, full):
        return settings, (why,)
    return full, ()
