"""YAML that holds plain data, in bounded time: mappings with text keys, lists, text, numbers.

No tags, no merge keys, no alias that multiplies: a rubric needs none of them, and each of them
makes a short text large or turns it into something else than data.
"""

from collections.abc import Iterator
from typing import NoReturn

import yaml

from grader.files.untrusted import shown

MAX_NODES = 50_000
"""The lab's rubric has 5,600."""
MAX_DEPTH = 40
_KINDS = ("map", "seq", "str", "bool", "null", "int", "float")
_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in _KINDS)
_NUMBERS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in _KINDS[-2:])
_LONGEST_NUMBER = 40
_NULL_ALONE = {
    first: [(tag, pattern) for tag, pattern in known if tag == "tag:yaml.org,2002:null"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class PlainYamlError(ValueError):
    """It is no plain YAML; the text says why, and where, in one line."""


class _Loader(yaml.SafeLoader):
    """A safe loader that stops at the first node too many, too deep or of another kind."""

    def __init__(self, text: str, *, as_written: bool) -> None:
        super().__init__(text)
        if as_written:
            self.yaml_implicit_resolvers = _NULL_ALONE
        self._nodes = 0
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose a node, having counted it."""
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


def plain_tree(text: str, *, as_written: bool = False) -> yaml.Node | None:
    """The nodes of a text, with their lines; None where it is empty.

    Args:
        text: The YAML.
        as_written: Whether every scalar but null is the text that stands there: 007, a date, no.

    Raises:
        PlainYamlError: It is not plain YAML.
    """
    try:
        tree = _Loader(text, as_written=as_written).get_single_node()
    except (yaml.YAMLError, RecursionError, ValueError, LookupError, OverflowError) as error:
        raise PlainYamlError(_said(error)) from error
    if tree is not None:
        _sizes(tree, {})
    return tree


def values(tree: yaml.Node | None) -> object:
    """What a plain tree holds.

    Raises:
        PlainYamlError: A number or a key is none.
    """
    try:
        return _value(tree, yaml.constructor.SafeConstructor())
    except (yaml.YAMLError, ValueError, LookupError, OverflowError) as error:
        raise PlainYamlError(_said(error)) from error


def _value(node: yaml.Node | None, scalars: yaml.constructor.SafeConstructor) -> object:
    if isinstance(node, yaml.MappingNode):
        return {_key(key): _value(value, scalars) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, scalars) for item in node.value]
    if node is None:
        return None
    if node.tag in _NUMBERS and len(node.value) > _LONGEST_NUMBER:
        _refuse("a number is too long", node)
    return scalars.construct_object(node)


def _sizes(node: yaml.Node, known: dict[int, int]) -> int:
    """How many parts a node stands for with every alias written out; a bomb has too many."""
    if id(node) in known:
        if known[id(node)] == 0:
            _refuse("an alias holds itself", node)
        return known[id(node)]
    known[id(node)] = 0
    if node.tag not in _TAGS:
        kind = node.tag.rpartition(":")[2]
        _refuse(f"{kind!r} is not for rubrics: give text in quotes", node)
    known[id(node)] = size = 1 + sum(_sizes(part, known) for part in _parts(node))
    if size > MAX_NODES:
        _refuse("its aliases multiply", node)
    return size


def _parts(node: yaml.Node) -> Iterator[yaml.Node]:
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
    raise PlainYamlError(f"{why} (line {line})")


def _said(error: Exception) -> str:
    return shown(" ".join(str(error).split()) or type(error).__name__)
