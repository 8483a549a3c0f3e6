"""A YAML file that somebody wrote: every mistake in it at once, each with its path and line."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from grader.errors import RubricError
from grader.files.untrusted import ReadingError, TooLargeError, read_regular, shown
from grader.files.yaml_subset import PlainYamlError, plain_tree, values

MAX_BYTES = 2**20
_MAX_LISTED = 100
Place = tuple[str | int, ...]
Problem = tuple[Place, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file holds, and where in it."""

    kind: str
    """What it is to an instructor: a rubric, a late policy."""
    name: str
    """What it is called in messages."""
    tree: yaml.Node | None
    data: object

    def mapping(self) -> dict[str, object]:
        """Its data, which is a mapping.

        Raises:
            RubricError: It is something else.
        """
        if not isinstance(self.data, dict):
            found = type(self.data).__name__
            raise RubricError(f"{self.name}:1: a {self.kind} is a mapping; this is {found}.")
        return self.data

    def error(self, problems: Sequence[Problem]) -> RubricError:
        """What to raise about them: one line each, in the order of the file."""
        found = problems[:_MAX_LISTED]
        lines = sorted((self.line(place), self._path(place), what) for place, what in found)
        said = [
            f"{self.name}:{line}: {shown(path)}: {shown(what, 2000)}" for line, path, what in lines
        ]
        rest = len(problems) - len(found)
        more = [f"{self.name}: and {rest} more."] if rest else []
        return RubricError("\n".join(said + more))

    def line(self, place: Place) -> int:
        """Line of the deepest node on a path."""
        node = self.tree
        line = node.start_mark.line + 1 if node is not None else 1
        for part in place:
            child: yaml.Node | None = None
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value == str(part):
                        line, child = key.start_mark.line + 1, value
            elif (
                isinstance(node, yaml.SequenceNode)
                and isinstance(part, int)
                and part < len(node.value)
            ):
                child = node.value[part]
                line = child.start_mark.line + 1
            if child is None:
                break
            node = child
        return line

    def repeated_keys(self) -> list[Problem]:
        """Keys that stand twice in one mapping: YAML silently keeps the last."""
        found: list[Problem] = []
        visited: set[int] = set()
        pending: list[tuple[yaml.Node | None, Place]] = [(self.tree, ())]
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

    def _path(self, place: Place) -> str:
        text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
        return text.removeprefix(".") or self.kind


def read_text(path: Path, *, kind: str) -> str:
    """Read a file whole.

    Raises:
        RubricError: It cannot be read, is too large, or is no text.
    """
    name = shown(str(path))
    try:
        return read_regular(path, MAX_BYTES).decode("utf-8-sig")
    except TooLargeError as error:
        raise RubricError(f"{name} is larger than 1 MB: that is no {kind}.") from error
    except ReadingError as error:
        raise RubricError(f"Cannot read the {kind} {name}: {error}.") from error
    except UnicodeDecodeError as error:
        raise RubricError(f"Cannot read the {kind} {name}: it is not UTF-8 text.") from error


def parse(text: str, *, name: str, kind: str, as_written: bool = False) -> Document:
    """Parse a text.

    Args:
        text: The YAML.
        name: Of the file.
        kind: What it is to an instructor.
        as_written: Whether every scalar but null is the text that stands there: 007, a date, no.

    Raises:
        RubricError: It is not plain YAML.
    """
    try:
        tree = plain_tree(text, as_written=as_written)
        return Document(kind=kind, name=shown(name), tree=tree, data=values(tree))
    except PlainYamlError as error:
        raise RubricError(f"{shown(name)}: not valid YAML: {error}") from error


def invalid(error: ValidationError) -> list[Problem]:
    """What pydantic found, but for lists it calls too short because it left out wrong members."""
    found = error.errors(include_url=False)
    parents = {e["loc"][:depth] for e in found for depth in range(len(e["loc"]))}
    return [
        (e["loc"], e["msg"]) for e in found if e["type"] != "too_short" or e["loc"] not in parents
    ]
