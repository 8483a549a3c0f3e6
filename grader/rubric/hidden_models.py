"""Hidden models: patterns of names, and the seed that decides which names are drawn from them."""

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import TypeVar

MAX_LAYERS, MAX_HEADS, MAX_VOCABULARY, MAX_SEED = 12, 16, 10**6 - 1, 2**31 - 1
GPT2_VOCABULARY = 50257
"""What a planted model has unless it says otherwise; there tokens have texts."""
GRAMMAR = "planted-5..8x4..6@*/10000 or generic-4..6x3@*+heads (+tokens, +scale, +blurred)"

_T = TypeVar("_T")

_PLACE = re.compile(r"(\d+)\.\.(\d+)|\*")
_SHAPE, _TOKENS, _SEED = (rf"\d{{1,{n}}}(?:\.\.\d{{1,{n}}})?" for n in (3, 6, 18))
_DISGUISES = r"(?P<disguises>(?:\+(?:heads|tokens|scale|blurred))*)"
_PATTERN = re.compile(
    rf"(?P<how>planted|generic)-(?P<layers>{_SHAPE})x(?P<heads>{_SHAPE})"
    rf"(?:@(?:\*|{_SEED}))?(?:/(?P<vocabulary>{_TOKENS}))?{_DISGUISES}"
)
_OTHER = re.compile(rf"[^+]+|[A-Za-z_]\w*{_DISGUISES}")


def is_constructed(model: str) -> bool:
    """Whether a model is made from its name alone: who knows the name knows its circuit."""
    return model.startswith(("planted-", "generic-"))


def fresh_seed() -> int:
    """Draw a seed that nobody can guess, from 1 to 2**31 - 1."""
    return 1 + secrets.randbelow(MAX_SEED)


def kernel_seed(seed: int) -> int:
    """The seed a student's kernel gets where the run's own must stay secret."""
    return int.from_bytes(hashlib.sha256(f"{seed}:kernel".encode()).digest()[:4], "big") % MAX_SEED


def draw_models(patterns: Mapping[str, str], seed: int) -> dict[str, str]:
    """Draw a model for each name.

    An earlier name may stand for its model: after `wide: generic-4..6x3@*`, the pattern
    `wide+heads` is the very model drawn for `wide`, its heads renumbered.

    Args:
        patterns: Names to patterns.
        seed: What the run is graded with; the same one draws the same models.

    Returns:
        The same names to names of models.

    Raises:
        ValueError: Nothing can be drawn from a pattern.
    """
    drawn: dict[str, str] = {}
    for name, pattern in patterns.items():
        base, plus, disguises = draw_model(pattern, seed, name).partition("+")
        drawn[name] = drawn.get(base, base) + plus + disguises
    return drawn


def draw_model(pattern: str, seed: int, salt: str) -> str:
    """Draw a model's name from a pattern, the same on every machine.

    Args:
        pattern: A model's name in which `5..8` stands for one of these numbers and `*` for a
            seed; any other text stands for itself. Layers and heads are drawn different in number
            where they can be: on a square model swapped axes go unseen.
        seed: What the run is graded with.
        salt: Sets models of one pattern and seed apart.

    Raises:
        ValueError: Nothing can be drawn from the pattern.
    """
    if not _PLACE.search(pattern):
        return pattern
    match, problem = _PATTERN.fullmatch(pattern), pattern_problem(pattern)
    if match is None or problem:
        raise ValueError(problem)
    digest = hashlib.sha256(f"{seed}:{salt}".encode()).digest()
    dice = Random(int.from_bytes(digest, "big"))  # noqa: S311 - the seed is the secret
    n_layers, n_heads = _draw_shape(_range(match["layers"]), _range(match["heads"]), dice)
    rest = pattern[match.end("heads") :]
    rest = _PLACE.sub(lambda place: str(_draw(_range(place[0]), dice)), rest)
    return f"{match['how']}-{n_layers}x{n_heads}{rest}"


def pattern_problem(pattern: str) -> str | None:
    """What is wrong with a pattern, in one line; None where a model can be drawn from it.

    Args:
        pattern: As for `draw_model`, or an earlier name as for `draw_models`. Whether a plain
            name of a real model stands for one is not looked into.
    """
    match = _PATTERN.fullmatch(pattern)
    if match is not None:
        return next(_problems(match), None)
    if is_constructed(pattern) or _PLACE.search(pattern) or not _OTHER.fullmatch(pattern):
        return f"{pattern!r} is no pattern of a model's name: write {GRAMMAR}"
    return None


def _problems(match: re.Match[str]) -> Iterator[str]:
    """All that is wrong with numbers in their right places."""
    for place in _PLACE.finditer(match.string):
        if not _range(place[0]):
            yield f"{place[0]} is an empty range: the smaller number comes first"
    planted = match["how"] == "planted"
    vocabulary = _range(match["vocabulary"] or str(GPT2_VOCABULARY if planted else 120))
    for what, numbers, least, most in (
        ("layers", _range(match["layers"]), 2 if planted else 1, MAX_LAYERS),
        ("heads", _range(match["heads"]), 1, MAX_HEADS),
        ("tokens", vocabulary, 2, MAX_VOCABULARY),
    ):
        if numbers and not least <= numbers[0] <= numbers[-1] <= most:
            yield f"a hidden {match['how']} model has {least} to {most} {what}"
    if planted and GPT2_VOCABULARY in vocabulary and "+tokens" in match["disguises"]:
        yield "+tokens needs another vocabulary than GPT-2's, such as /10000"


def _draw_shape(layers: range, heads: range, dice: Random) -> tuple[int, int]:
    """One of the shapes, or of those that are not square where there are any."""
    shapes = [(n_layers, n_heads) for n_layers in layers for n_heads in heads]
    oblong = [(n_layers, n_heads) for n_layers, n_heads in shapes if n_layers != n_heads]
    return _draw(oblong or shapes, dice)


def _draw(choices: Sequence[_T], dice: Random) -> _T:
    """One of some choices, by the only method that Python promises never to change."""
    return choices[int(dice.random() * len(choices))]


def _range(text: str) -> range:
    """The numbers that `5`, `5..8` or `*` stands for."""
    if text == "*":
        return range(1, MAX_SEED + 1)
    low, _, high = text.partition("..")
    return range(int(low), int(high or low) + 1)
