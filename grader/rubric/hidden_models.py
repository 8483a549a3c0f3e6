"""Samples hidden models: names drawn from patterns with a seed that students cannot know."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import TypeVar

from grader.protocol.model_names import (
    GPT2_VOCABULARY,
    MAX_SEED,
    ModelPattern,
    has_placeholders,
    is_name_or_alias,
    is_synthetic,
    minimum_layers,
)

MAX_LAYERS, MAX_HEADS, MAX_VOCABULARY = 12, 16, 10**6 - 1
GRAMMAR = "planted-5..8x4..6@*/10000 or generic-4..6x3@*+heads (+tokens, +scale, +blurred)"

_T = TypeVar("_T")


def random_seed() -> int:
    """Return an unguessable seed from 1 to 2**31 - 1."""
    return 1 + secrets.randbelow(MAX_SEED)


def derive_kernel_seed(seed: int) -> int:
    """Derive the seed for a student's kernel where the run's own seed must stay secret."""
    return int.from_bytes(hashlib.sha256(f"{seed}:kernel".encode()).digest()[:4], "big") % MAX_SEED


def sample_models(patterns: Mapping[str, str], seed: int) -> dict[str, str]:
    """Sample a model for each name.

    An earlier name may stand for its model: after `wide: generic-4..6x3@*`, the pattern
    `wide+heads` is the model drawn for `wide` with its heads renumbered.

    Args:
        patterns: Pattern of each name.
        seed: The run's seed; the same seed draws the same models.

    Returns:
        The model's name for each name.

    Raises:
        ValueError: A pattern is invalid.
    """
    drawn: dict[str, str] = {}
    for name, pattern in patterns.items():
        base, plus, transformations = sample_model(pattern, seed, name).partition("+")
        drawn[name] = drawn.get(base, base) + plus + transformations
    return drawn


def sample_model(pattern: str, seed: int, salt: str) -> str:
    """Sample a model's name from a pattern, the same on every machine.

    Args:
        pattern: A model's name in which `5..8` stands for one of these numbers and `*` for a
            seed; a text without either is returned as it is. The numbers of layers and heads
            differ if they can: with equal numbers, swapped axes would go unnoticed.
        seed: The run's seed.
        salt: Text that makes two draws from one pattern and seed differ.

    Raises:
        ValueError: The pattern is invalid.
    """
    if not has_placeholders(pattern):
        return pattern
    parsed, problem = ModelPattern.parse(pattern), pattern_problem(pattern)
    if parsed is None or problem:
        raise ValueError(problem)
    digest = hashlib.sha256(f"{seed}:{salt}".encode()).digest()
    rng = Random(int.from_bytes(digest, "big"))  # noqa: S311 - the seed is the secret
    n_layers, n_heads = _sample_shape(parsed.n_layers, parsed.n_heads, rng)
    return parsed.fill(n_layers, n_heads, choose=lambda numbers: _choose(numbers, rng))


def pattern_problem(pattern: str) -> str | None:
    """Return one line on what is wrong with a pattern, or None if a model can be drawn from it.

    Args:
        pattern: A pattern as for `draw_model`, or an earlier name as for `draw_models`. Plain
            names of real models are accepted without looking them up.
    """
    parsed = ModelPattern.parse(pattern)
    if parsed is not None:
        return next(_problems(parsed), None)
    if is_synthetic(pattern) or has_placeholders(pattern) or not is_name_or_alias(pattern):
        return f"{pattern!r} is no pattern of a model's name: write {GRAMMAR}"
    return None


def _problems(pattern: ModelPattern) -> Iterator[str]:
    """Yield the numbers that are out of range in a pattern that follows the grammar."""
    for placeholder, numbers in pattern.ranges:
        if not numbers:
            yield f"{placeholder} is an empty range: the smaller number comes first"
    for what, numbers, least, most in (
        ("layers", pattern.n_layers, minimum_layers(pattern.kind), MAX_LAYERS),
        ("heads", pattern.n_heads, 1, MAX_HEADS),
        ("tokens", pattern.d_vocab, 2, MAX_VOCABULARY),
    ):
        if numbers and not least <= numbers[0] <= numbers[-1] <= most:
            yield f"a hidden {pattern.kind} model has {least} to {most} {what}"
    planted = pattern.kind == "planted"
    if planted and GPT2_VOCABULARY in pattern.d_vocab and "tokens" in pattern.transformations:
        yield "+tokens needs another vocabulary than GPT-2's, such as /10000"


def _sample_shape(layers: range, heads: range, rng: Random) -> tuple[int, int]:
    """Sample numbers of layers and heads, different from each other if any such pair exists."""
    shapes = [(n_layers, n_heads) for n_layers in layers for n_heads in heads]
    oblong = [(n_layers, n_heads) for n_layers, n_heads in shapes if n_layers != n_heads]
    return _choose(oblong or shapes, rng)


def _choose(choices: Sequence[_T], rng: Random) -> _T:
    """Choose by `Random.random`, the only method whose results Python promises never to change."""
    return choices[int(rng.random() * len(choices))]
