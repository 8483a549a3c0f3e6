"""Reading a rubric: safe YAML, and every mistake in it reported at once with path and line."""

import hashlib
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from grader.checks import Check
from grader.errors import RubricError
from grader.files.yaml_document import Place, invalid, parse, read_text
from grader.labs import default_lab, lab_packages
from grader.rubric.charts import Illustration
from grader.rubric.consistency import contradictions
from grader.rubric.model import Rubric

_KIND = "rubric"
_KINDS = frozenset(
    get_args(member.model_fields["kind"].annotation)[0]
    for union in (Check, Illustration)
    for member in get_args(get_args(union)[0])
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricFile:
    """A rubric, where it came from, and what it was."""

    rubric: Rubric
    name: str
    sha256: str

    @property
    def probing_sha256(self) -> str:
        """Digest of what a key depends on; points, hints and tolerances may change freely."""
        keys = {"models", "hidden", "reference", "recordings", "probes", "variants", "mistakes"}
        data = self.rubric.model_dump(mode="json", include=keys)
        for mistake in data["mistakes"]:
            for words in ("says", "hints", "credit", "loses", "may_lose", "when"):
                del mistake[words]
        # Variants that answer what the reference answers are in no key.
        data["variants"] = [v for v in data["variants"] if not v["alike"]]
        for variant in data["variants"]:
            del variant["note"]
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def lab_names() -> list[str]:
    """The labs installed here, by their stems."""
    return sorted(lab_packages())


def find_rubric(name: str | None) -> RubricFile:
    """Load a rubric by a lab's name or a file's path; by default the grader's own lab.

    Raises:
        RubricError: There is none, or it has mistakes.
    """
    text, called = rubric_text(name)
    return parse_rubric(text, name=called)


def rubric_text(name: str | None) -> tuple[str, str]:
    """A rubric as it is written, and what its file is called; found as `find_rubric` does.

    Raises:
        RubricError: There is none, or it cannot be read.
    """
    if name is not None and (name.endswith((".yaml", ".yml")) or "/" in name):
        return read_text(Path(name), kind=_KIND), str(Path(name))
    labs = lab_packages()
    if not labs:
        raise RubricError(
            "No lab is installed here: install induction-lab-grader, or give a --rubric file."
        )
    stem = name if name is not None else default_lab()
    if stem is None:
        raise RubricError(
            f"Several labs are installed here: name one of {', '.join(sorted(labs))}."
        )
    if stem not in labs:
        raise RubricError(
            f"No lab is named {stem!r}: choose one of {', '.join(sorted(labs))}, or a .yaml file."
        )
    source = resources.files(labs[stem]) / f"{stem}.yaml"
    return source.read_text(encoding="utf-8"), f"{stem}.yaml"


def load_rubric(path: Path) -> RubricFile:
    """Load a rubric file.

    Raises:
        RubricError: It cannot be read, or it has mistakes; every one is listed with its line.
    """
    return parse_rubric(read_text(path, kind=_KIND), name=str(path))


def parse_rubric(text: str, *, name: str) -> RubricFile:
    """Parse and validate a rubric's text.

    Raises:
        RubricError: Every mistake with its line, one a line.
    """
    document = parse(text, name=name, kind=_KIND)
    data = document.mapping()
    problems = document.repeated_keys()
    try:
        rubric = Rubric.model_validate(data)
    except ValidationError as error:
        problems += [(_clean(place), what) for place, what in invalid(error)]
        raise document.error(problems) from error
    problems += contradictions(rubric)
    if problems:
        raise document.error(problems)
    return RubricFile(rubric=rubric, name=name, sha256=hashlib.sha256(text.encode()).hexdigest())


def _clean(place: Place) -> Place:
    """Drop what pydantic puts in a path that is not in the file: a union's chosen member."""
    return tuple(
        part
        for i, part in enumerate(place)
        if not (part in _KINDS and i > 1 and place[i - 2] in {"checks", "when", "pictures"})
    )
