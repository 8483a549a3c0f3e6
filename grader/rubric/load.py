"""Loads rubrics: restricted YAML, with every problem reported at once with its file and line.

A rubric is a lab's name, one YAML file, or a folder with `rubric.yaml` and `probes.yaml`.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from grader.checks import CHECK_KINDS
from grader.errors import RubricError
from grader.files.yaml_document import (
    FieldPath,
    Problem,
    YamlDocument,
    parse_yaml,
    problems_from,
    read_text,
)
from grader.labs import default_lab, lab_packages
from grader.rubric.charts import ChartSpec
from grader.rubric.consistency import find_problems
from grader.rubric.document import (
    DEFINITION,
    PROBES_FILE,
    PROBES_SECTIONS,
    REWORDING,
    RUBRIC_FILE,
    RubricDocument,
)
from grader.rubric.known_answers import KnownAnswer
from grader.rubric.model import Rubric
from grader.rubric.old_format import explain_old_names, reject_old_format

_KIND = "rubric"
_UNION_TAGS = frozenset(
    {
        DEFINITION,
        REWORDING,
        *CHECK_KINDS,
        *(
            get_args(member.model_fields["kind"].annotation)[0]
            for member in get_args(get_args(ChartSpec)[0])
        ),
    }
)
_UNION_SECTIONS = frozenset({"checks", "when", "pictures", "mistakes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricSource:
    """The text of a rubric, before it is parsed."""

    name: str
    """Path or name for messages."""
    parts: Mapping[str, str]
    """Texts by file name: one file, or `rubric.yaml` and `probes.yaml`."""

    @property
    def sha256(self) -> str:
        """Digest of all parts."""
        if len(self.parts) == 1:
            return _sha256(*self.parts.values())
        return _sha256(*(f"{name}\0{text}" for name, text in self.parts.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricFile:
    """A rubric with its origin and its digest."""

    rubric: Rubric
    name: str
    """Path or name for messages."""
    sha256: str
    """Digest of the files."""

    @property
    def probing_sha256(self) -> str:
        """Digest of everything that an answer key is built from, as far as the rubric holds it.

        Criteria, explanations, tolerances, limits and feedback can change without a new key.
        """
        names = {"models", "hidden", "reference", "recordings", "probes"}
        data = self.rubric.model_dump(mode="json", include=names)
        data["variants"] = [_identity(v) for v in self.rubric.variants if not v.equivalent]
        data["mistakes"] = [_identity(mistake) for mistake in self.rubric.own_mistakes]
        return _sha256(json.dumps(data, sort_keys=True))


def _identity(answer: KnownAnswer) -> dict[str, Any]:
    names = {"name", "function", "source", "replace_values"}
    return answer.model_dump(mode="json", include=names)


def _sha256(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def lab_names() -> list[str]:
    """Return the names of the installed labs."""
    return sorted(lab_packages())


def load_rubric(name: str | Path | None = None) -> RubricFile:
    """Load a rubric by a lab's name or a path; by default the rubric of the installed lab.

    Args:
        name: A lab's name, or the path of a YAML file or a folder: a `Path`, or a string with a
            slash or the suffix of YAML.

    Raises:
        RubricError: There is none, or it has problems; every one is listed with its line.
    """
    return parse_source(rubric_source(name))


def rubric_source(name: str | Path | None) -> RubricSource:
    """Read the text of a rubric, which is found as `load_rubric` does.

    Raises:
        RubricError: There is none, or it cannot be read.
    """
    if isinstance(name, Path) or (name and (name.endswith((".yaml", ".yml")) or "/" in name)):
        return _read_path(Path(name))
    labs = lab_packages()
    if not labs:
        raise RubricError(
            "No lab is installed here: install induction-lab-grader, or give a --rubric file."
        )
    lab = name if name is not None else default_lab()
    if lab is None:
        raise RubricError(
            f"Several labs are installed here: name one of {', '.join(sorted(labs))}."
        )
    if lab not in labs:
        raise RubricError(
            f"No lab is named {lab!r}: choose one of {', '.join(sorted(labs))}, or give the path "
            "of a .yaml file or of a folder (./FOLDER)."
        )
    package = resources.files(labs[lab])
    called = f"{lab}.yaml"
    if not (package / called).is_file():
        parts = {
            part: (package / lab / part).read_text(encoding="utf-8")
            for part in (RUBRIC_FILE, PROBES_FILE)
        }
        return RubricSource(name=lab, parts=parts)
    return RubricSource(name=called, parts={called: (package / called).read_text(encoding="utf-8")})


def _read_path(path: Path) -> RubricSource:
    """Read a file, or both files of a folder; either file of a folder stands for the folder."""
    if path.name in {RUBRIC_FILE, PROBES_FILE} and (path.parent / PROBES_FILE).is_file():
        path = path.parent
    if not path.is_dir():
        return RubricSource(name=str(path), parts={path.name: read_text(path, kind=_KIND)})
    parts = {part: read_text(path / part, kind=_KIND) for part in (RUBRIC_FILE, PROBES_FILE)}
    return RubricSource(name=str(path), parts=parts)


def parse_rubric(text: str, *, name: str) -> RubricFile:
    """Parse and validate the text of a rubric that is one file.

    Raises:
        RubricError: Every problem with its line, one a line.
    """
    return parse_source(RubricSource(name=name, parts={name: text}))


def parse_source(source: RubricSource) -> RubricFile:
    """Parse and validate a rubric.

    Raises:
        RubricError: Every problem with its file and line, one a line.
    """
    single = len(source.parts) == 1
    documents = [
        parse_yaml(text, name=source.name if single else f"{source.name}/{part}", kind=_KIND)
        for part, text in source.parts.items()
    ]
    for document in documents:
        reject_old_format(document)
    problems = [_with_document(d, p) for d in documents for p in d.repeated_keys()]
    if not single:
        problems += _misplaced_sections(*documents)
    data = {name: value for d in documents for name, value in d.mapping().items()}
    try:
        rubric = RubricDocument.model_validate(data).to_rubric()
    except ValidationError as error:
        found = explain_old_names(
            [(strip_union_tags(place), what) for place, what in problems_from(error)]
        )
        raise _error(documents, [*problems, *_located(documents, found)]) from error
    problems += _located(documents, find_problems(rubric))
    if problems:
        raise _error(documents, problems)
    return RubricFile(rubric=rubric, name=source.name, sha256=source.sha256)


_Located = tuple[YamlDocument, Problem]


def _with_document(document: YamlDocument, problem: Problem) -> _Located:
    return document, problem


def _misplaced_sections(rubric: YamlDocument, probes: YamlDocument) -> Iterable[_Located]:
    """Check that what an answer key is built from stands in `probes.yaml`, and nothing else."""
    for name in rubric.mapping():
        if name in PROBES_SECTIONS:
            yield rubric, ((name,), f"this section belongs in {PROBES_FILE}")
    for name in probes.mapping():
        if name in RubricDocument.model_fields and name not in PROBES_SECTIONS:
            yield probes, ((name,), f"this section belongs in {RUBRIC_FILE}")


def _located(documents: Sequence[YamlDocument], problems: Iterable[Problem]) -> list[_Located]:
    """Assign each problem to the file that has its section; absent sections to their own file."""
    located = []
    for place, what in problems:
        section = place[0] if place else ""
        owner = next((d for d in documents if section in d.mapping()), None)
        if owner is None:
            owner = documents[-1 if section in PROBES_SECTIONS else 0]
        located.append((owner, (place, what)))
    return located


def _error(documents: Sequence[YamlDocument], problems: Sequence[_Located]) -> RubricError:
    """Return one error about all files: a line for each problem, file by file."""
    by_file = [[problem for owner, problem in problems if owner is d] for d in documents]
    return RubricError(
        "\n".join(str(d.error(p)) for d, p in zip(documents, by_file, strict=True) if p)
    )


def strip_union_tags(place: FieldPath) -> FieldPath:
    """Remove the tags of unions, which pydantic adds to a path and which are not in the file."""
    return tuple(
        part
        for i, part in enumerate(place)
        if not (part in _UNION_TAGS and i > 1 and place[i - 2] in _UNION_SECTIONS)
    )
