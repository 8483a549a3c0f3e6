"""Reading a rubric: safe YAML, and every mistake in it reported at once with path and line."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

import yaml
from pydantic import ValidationError

from grader.contradictions import contradictions
from grader.errors import RubricError
from grader.plain_yaml import PlainYamlError, plain_tree, values
from grader.reading import ReadingError, TooLargeError, read_regular, shown
from grader.rubric import Rubric

LABS = "induction_lab_grader.labs"
MAX_BYTES = 2**20
_MAX_LISTED = 100
Place = tuple[str | int, ...]


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
    return sorted({point.name for point in metadata.entry_points(group=LABS)})


def find_rubric(name: str | None) -> RubricFile:
    """Load a rubric by a lab's name or a file's path; the only lab installed by default.

    Raises:
        RubricError: There is none, or it has mistakes.
    """
    if name is not None and (name.endswith((".yaml", ".yml")) or "/" in name):
        return load_rubric(Path(name))
    labs = {point.name: point.value for point in metadata.entry_points(group=LABS)}
    if not labs:
        raise RubricError(
            "No lab is installed here: install induction-lab-grader, or give a --rubric file."
        )
    stem = name if name is not None else min(labs)
    if stem not in labs:
        raise RubricError(
            f"No lab is named {stem!r}: choose one of {', '.join(sorted(labs))}, or a .yaml file."
        )
    source = resources.files(labs[stem]) / f"{stem}.yaml"
    return parse_rubric(source.read_text(encoding="utf-8"), name=f"{stem}.yaml")


def load_rubric(path: Path) -> RubricFile:
    """Load a rubric file.

    Raises:
        RubricError: It cannot be read, or it has mistakes; every one is listed with its line.
    """
    name = shown(str(path))
    try:
        text = read_regular(path, MAX_BYTES).decode("utf-8-sig")
    except TooLargeError as error:
        raise RubricError(f"{name} is larger than 1 MB: that is no rubric.") from error
    except ReadingError as error:
        raise RubricError(f"Cannot read the rubric {name}: {error}.") from error
    except UnicodeDecodeError as error:
        raise RubricError(f"Cannot read the rubric {name}: it is not UTF-8 text.") from error
    return parse_rubric(text, name=str(path))


def parse_rubric(text: str, *, name: str) -> RubricFile:
    """Parse and validate a rubric's text.

    Raises:
        RubricError: Every mistake with its line, one a line.
    """
    called = shown(name)
    try:
        tree = plain_tree(text)
        data = values(tree)
    except PlainYamlError as error:
        raise RubricError(f"{called}: not valid YAML: {error}") from error
    if not isinstance(data, dict):
        raise RubricError(f"{called}:1: a rubric is a mapping; this is {type(data).__name__}.")
    problems = [*_repeated_keys(tree)]
    try:
        rubric = Rubric.model_validate(data)
    except ValidationError as error:
        problems += _invalid(error)
        raise RubricError(_listing(called, tree, problems)) from error
    problems += contradictions(rubric)
    if problems:
        raise RubricError(_listing(called, tree, problems))
    return RubricFile(rubric=rubric, name=name, sha256=hashlib.sha256(text.encode()).hexdigest())


def _invalid(error: ValidationError) -> list[tuple[Place, str]]:
    """What pydantic found, but for lists it calls too short because it left out wrong members."""
    found = error.errors(include_url=False)
    parents = {e["loc"][:depth] for e in found for depth in range(len(e["loc"]))}
    return [
        (_clean(e["loc"]), e["msg"])
        for e in found
        if e["type"] != "too_short" or e["loc"] not in parents
    ]


def _clean(place: Place) -> Place:
    """Drop what pydantic puts in a path that is not in the file: a union's chosen member."""
    kinds = ("close", "direction", "heatmap", "parts", "properties", "shape", "top_heads")
    return tuple(
        part
        for i, part in enumerate(place)
        if not (part in kinds and i > 1 and place[i - 2] == "checks")
    )


def _listing(name: str, tree: yaml.Node | None, problems: list[tuple[Place, str]]) -> str:
    found = problems[:_MAX_LISTED]
    lines = sorted((_line(tree, place), _path(place), what) for place, what in found)
    said = [f"{name}:{line}: {shown(path)}: {shown(what, 2000)}" for line, path, what in lines]
    more = [f"{name}: and {len(problems) - len(found)} more."] if len(problems) > len(found) else []
    return "\n".join(said + more)


def _path(place: Place) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".") or "rubric"


def _line(node: yaml.Node | None, place: Place) -> int:
    """Line of the deepest node on a path."""
    line = node.start_mark.line + 1 if node is not None else 1
    for part in place:
        child: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, child = key.start_mark.line + 1, value
        elif (
            isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value)
        ):
            child = node.value[part]
            line = child.start_mark.line + 1
        if child is None:
            break
        node = child
    return line


def _repeated_keys(tree: yaml.Node | None) -> list[tuple[Place, str]]:
    """Keys that stand twice in one mapping: YAML silently keeps the last."""
    found: list[tuple[Place, str]] = []
    visited: set[int] = set()
    pending: list[tuple[yaml.Node | None, Place]] = [(tree, ())]
    while pending:
        node, place = pending.pop()
        if id(node) in visited:
            continue  # an alias: read where it was written
        visited.add(id(node))
        if isinstance(node, yaml.MappingNode):
            times = Counter(key.value for key, _ in node.value)
            found += [((*place, k), "this key stands twice") for k, n in times.items() if n > 1]
            pending += [(value, (*place, key.value)) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            pending += [(item, (*place, i)) for i, item in enumerate(node.value)]
    return found
