"""YAML files written by an instructor: every mistake is reported, each with its path and line."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from grader.errors import RubricError
from grader.files.escape import printable
from grader.files.untrusted import FileReadError, TooLargeError, read_bounded
from grader.files.yaml_subset import YamlSubsetError, parse_nodes, to_data

MAX_BYTES = 2**20
_MAX_LISTED = 100
_MAX_MESSAGE = 2000
FieldPath = tuple[str | int, ...]
"""Path to a part of a document: keys and list indexes."""
Problem = tuple[FieldPath, str]
"""A mistake: where it is, and what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlDocument:
    """A parsed YAML file that knows the line of each of its parts."""

    kind: str
    """Kind of file, as messages name it: a rubric, a late policy."""
    name: str
    """The file's name for messages."""
    tree: yaml.Node | None
    data: object

    def mapping(self) -> dict[str, object]:
        """Return the data, which must be a mapping.

        Raises:
            RubricError: It is something else.
        """
        if not isinstance(self.data, dict):
            found = type(self.data).__name__
            raise RubricError(f"{self.name}:1: a {self.kind} is a mapping; this is {found}.")
        return self.data

    def error(self, problems: Sequence[Problem]) -> RubricError:
        """Return an error with one line for each problem, in the order of the file."""
        listed = problems[:_MAX_LISTED]
        located = sorted((self.line(place), self._path(place), what) for place, what in listed)
        lines = [
            f"{self.name}:{line}: {printable(path)}: {printable(what, _MAX_MESSAGE)}"
            for line, path, what in located
        ]
        rest = len(problems) - len(listed)
        more = [f"{self.name}: and {rest} more."] if rest else []
        return RubricError("\n".join(lines + more))

    def line(self, place: FieldPath) -> int:
        """Return the line of the deepest node that exists on a path."""
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
        """Return the keys that a mapping has twice; YAML silently keeps the last one."""
        found: list[Problem] = []
        visited: set[int] = set()
        pending: list[tuple[yaml.Node | None, FieldPath]] = [(self.tree, ())]
        while pending:
            node, place = pending.pop()
            if id(node) in visited:
                continue  # an alias, already checked where it was defined
            visited.add(id(node))
            if isinstance(node, yaml.MappingNode):
                times = Counter(key.value for key, _ in node.value)
                found += [((*place, k), "this key stands twice") for k, n in times.items() if n > 1]
                pending += [(value, (*place, key.value)) for key, value in node.value]
            elif isinstance(node, yaml.SequenceNode):
                pending += [(item, (*place, i)) for i, item in enumerate(node.value)]
        return found

    def _path(self, place: FieldPath) -> str:
        text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
        return text.removeprefix(".") or self.kind


def read_text(path: Path, *, kind: str) -> str:
    """Read a text file.

    Raises:
        RubricError: It cannot be read, is too large, or is not UTF-8.
    """
    name = printable(str(path))
    try:
        return read_bounded(path, MAX_BYTES).decode("utf-8-sig")
    except TooLargeError as error:
        raise RubricError(f"{name} is larger than 1 MB: that is no {kind}.") from error
    except FileReadError as error:
        raise RubricError(f"Cannot read the {kind} {name}: {error}.") from error
    except UnicodeDecodeError as error:
        raise RubricError(f"Cannot read the {kind} {name}: it is not UTF-8 text.") from error


def parse_yaml(text: str, *, name: str, kind: str, keep_text: bool = False) -> YamlDocument:
    """Parse YAML.

    Args:
        name: The file's name for messages.
        kind: What the file is to an instructor.
        as_written: If true, every scalar but null stays text: 007, a date, no.

    Raises:
        RubricError: It is not valid YAML of the supported subset.
    """
    try:
        tree = parse_nodes(text, keep_text=keep_text)
        return YamlDocument(kind=kind, name=printable(name), tree=tree, data=to_data(tree))
    except YamlSubsetError as error:
        raise RubricError(f"{printable(name)}: not valid YAML: {error}") from error


def problems_from(error: ValidationError) -> list[Problem]:
    """Return pydantic's errors, without lists that are too short only because a member is wrong."""
    found = error.errors(include_url=False)
    parents = {e["loc"][:depth] for e in found for depth in range(len(e["loc"]))}
    return [
        (e["loc"], e["msg"]) for e in found if e["type"] != "too_short" or e["loc"] not in parents
    ]
