"""Parses a subset of YAML in bounded time: mappings with text keys, lists, text and numbers.

Tags, merge keys and aliases that multiply are refused: no file of the grader needs them, and each
lets a short text become large or become something other than data.
"""

from collections.abc import Iterator
from typing import NoReturn

import yaml

from grader.files.escape import printable

MAX_NODES = 50_000
"""Maximum number of nodes; the lab's rubric has 5,600."""
MAX_DEPTH = 40
_KINDS = ("map", "seq", "str", "bool", "null", "int", "float")
_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in _KINDS)
_NUMBER_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in _KINDS[-2:])
_MAX_DIGITS = 40
_ONLY_NULL = {
    first: [(tag, pattern) for tag, pattern in known if tag == "tag:yaml.org,2002:null"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
"""Implicit resolvers that turn nothing but null into another type than text."""


class YamlSubsetError(ValueError):
    """The text is not YAML of the subset. The message is one line that says why, and where."""


class _Loader(yaml.SafeLoader):
    """A safe loader that stops at the first node that is too many or too deep."""

    def __init__(self, text: str, *, as_written: bool) -> None:
        super().__init__(text)
        if as_written:
            self.yaml_implicit_resolvers = _ONLY_NULL
        self._nodes = 0
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Count a node, then compose it."""
        event = self.peek_event()  # type: ignore[no-untyped-call]  # untyped upstream
        self._nodes += 1
        self._depth += 1
        if self._nodes > MAX_NODES:
            _refuse(f"it has more than {MAX_NODES:,} parts", event)
        if self._depth > MAX_DEPTH:
            _refuse("it is nested too deeply", event)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def parse_nodes(text: str, *, keep_text: bool = False) -> yaml.Node | None:
    """Parse a text into nodes, which know their lines; None if it is empty.

    Args:
        as_written: If true, every scalar but null stays text: 007, a date, no.

    Raises:
        PlainYamlError: It is not YAML of the subset.
    """
    try:
        tree = _Loader(text, as_written=keep_text).get_single_node()
    except (yaml.YAMLError, RecursionError, ValueError, LookupError, OverflowError) as error:
        raise YamlSubsetError(_format_yaml_error(error)) from error
    if tree is not None:
        _check_alias_expansion(tree, {})
    return tree


def to_data(tree: yaml.Node | None) -> object:
    """Convert nodes to plain data.

    Raises:
        PlainYamlError: A number or a key is invalid.
    """
    try:
        return _value(tree, yaml.constructor.SafeConstructor())
    except (yaml.YAMLError, ValueError, LookupError, OverflowError) as error:
        raise YamlSubsetError(_format_yaml_error(error)) from error


def _value(node: yaml.Node | None, scalars: yaml.constructor.SafeConstructor) -> object:
    if isinstance(node, yaml.MappingNode):
        return {_key(key): _value(value, scalars) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, scalars) for item in node.value]
    if node is None:
        return None
    if node.tag in _NUMBER_TAGS and len(node.value) > _MAX_DIGITS:
        _refuse("a number is too long", node)
    return scalars.construct_object(node)


def _check_alias_expansion(node: yaml.Node, sizes: dict[int, int]) -> int:
    """Return a node's size with every alias written out; refuse cycles and exponential growth."""
    if id(node) in sizes:
        if sizes[id(node)] == 0:
            _refuse("an alias holds itself", node)
        return sizes[id(node)]
    sizes[id(node)] = 0
    if node.tag not in _TAGS:
        kind = node.tag.rpartition(":")[2]
        _refuse(f"{kind!r} is not for rubrics: give text in quotes", node)
    size = 1 + sum(_check_alias_expansion(child, sizes) for child in _children(node))
    sizes[id(node)] = size
    if size > MAX_NODES:
        _refuse("its aliases multiply", node)
    return size


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _key(key)
            yield key
            yield value
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _key(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        _refuse("a key is no text", node)
    return str(node.value)


def _refuse(why: str, at: yaml.Event | yaml.Node) -> NoReturn:
    line = at.start_mark.line + 1 if at.start_mark is not None else 1
    raise YamlSubsetError(f"{why} (line {line})")


def _format_yaml_error(error: Exception) -> str:
    return printable(" ".join(str(error).split()) or type(error).__name__)
