"""The grammar of model names: models built from their name, patterns for hidden models, and runs.

`planted-LAYERSxHEADS[@SEED][/VOCABULARY][+TRANSFORMATION…]` names a model with a planted induction
circuit, `generic-…` one with random weights. In a pattern each number may be a range such as
`5..8`, and the seed may be `*`. `trained-LAYERSxHEADS@SEED` names a training run. Any other name
belongs to a model that TransformerLens knows, or is a directory.
"""

import re
from collections.abc import Callable
from typing import NamedTuple, Self

from grader.errors import KernelError

GPT2_VOCABULARY = 50257
"""Tokens of a planted model that names no vocabulary; it then has GPT-2's tokenizer."""
GENERIC_VOCABULARY = 120
"""Tokens of a generic model that names no vocabulary."""
TRANSFORMATIONS = ("heads", "tokens", "scale", "blurred")
"""Weight transformations that a name may end in, as defined in `grader.models.transformations`."""
MAX_SEED = 2**31 - 1
"""Largest seed that `*` stands for."""
GRAMMAR = (
    "planted-LAYERSxHEADS[@SEED][/VOCAB] or generic-LAYERSxHEADS[@SEED][/VOCAB], with any of"
    f" {', '.join('+' + name for name in TRANSFORMATIONS)} after it"
)
TRAINING_RUN_GRAMMAR = "trained-LAYERSxHEADS@SEED, with 2 layers or more"

_SUFFIXES = rf"(?P<transformations>(?:\+(?:{'|'.join(TRANSFORMATIONS)}))*)"
_SHAPE, _VOCABULARY, _SEED = (rf"\d{{1,{digits}}}" for digits in (3, 6, 18))


def _synthetic(shape: str, seed: str, vocabulary: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<kind>planted|generic)-(?P<n_layers>{shape})x(?P<n_heads>{shape})"
        rf"(?P<rest>(?:@(?P<seed>{seed}))?(?:/(?P<d_vocab>{vocabulary}))?{_SUFFIXES})"
    )


def _range_of(number: str) -> str:
    return rf"{number}(?:\.\.{number})?"


_NAME = _synthetic(_SHAPE, _SEED, _VOCABULARY)
_PATTERN = _synthetic(_range_of(_SHAPE), rf"\*|{_range_of(_SEED)}", _range_of(_VOCABULARY))
_PLACEHOLDER = re.compile(r"(\d+)\.\.(\d+)|\*")
_ALIAS = re.compile(rf"[^+]+|[A-Za-z_]\w*{_SUFFIXES}")
_RUN = re.compile(rf"trained-(?P<n_layers>\d{{1,2}})x(?P<n_heads>\d{{1,2}})@(?P<seed>{_SEED})")


class ModelName(NamedTuple):
    """The parsed name of a model that is built from its name alone."""

    kind: str
    """``planted`` or ``generic``."""
    n_layers: int
    n_heads: int
    seed: int
    d_vocab: int
    transformations: tuple[str, ...] = ()

    @classmethod
    def parse(cls, name: str) -> Self:
        """Parse a name.

        Raises:
            KernelError: The name does not follow the grammar, or no such model can be built.
        """
        match = _NAME.fullmatch(name)
        if match is None:
            raise KernelError(f"no model is called {name!r}: write {GRAMMAR}")
        parsed = cls(
            kind=match["kind"],
            n_layers=int(match["n_layers"]),
            n_heads=int(match["n_heads"]),
            seed=int(match["seed"] or 0),
            d_vocab=int(match["d_vocab"] or default_vocabulary(match["kind"])),
            transformations=tuple(match["transformations"].split("+")[1:]),
        )
        if problem := parsed._problem():
            raise KernelError(f"{name!r} {problem}")
        return parsed

    def __str__(self) -> str:
        seed = f"@{self.seed}" if self.seed else ""
        vocabulary = "" if self.d_vocab == default_vocabulary(self.kind) else f"/{self.d_vocab}"
        suffixes = "".join(f"+{name}" for name in self.transformations)
        return f"{self.kind}-{self.n_layers}x{self.n_heads}{seed}{vocabulary}{suffixes}"

    @property
    def has_gpt2_tokens(self) -> bool:
        """True if the model's tokens are GPT-2's, so that they must not be renumbered."""
        return self.kind == "planted" and self.d_vocab == GPT2_VOCABULARY

    def _problem(self) -> str | None:
        least = minimum_layers(self.kind)
        if self.n_layers < least or self.n_heads < 1:
            return f"is too small: it needs {least} layers or more, and a head"
        if self.d_vocab < 2:  # noqa: PLR2004
            return "is too small: it needs 2 tokens or more"
        if self.has_gpt2_tokens and "tokens" in self.transformations:
            return "would give GPT-2's tokens other texts: write /10000+tokens"
        return None


class ModelPattern(NamedTuple):
    """A parsed pattern of model names: each number is the range of numbers that it stands for."""

    kind: str
    n_layers: range
    n_heads: range
    d_vocab: range
    transformations: tuple[str, ...]
    rest: str
    """The pattern after its shape: seed, vocabulary and transformations as written."""
    ranges: tuple[tuple[str, range], ...]
    """Every placeholder in the pattern with the numbers it stands for."""

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parse a pattern; None if the text does not follow the grammar."""
        match = _PATTERN.fullmatch(text)
        if match is None:
            return None
        return cls(
            kind=match["kind"],
            n_layers=_numbers(match["n_layers"]),
            n_heads=_numbers(match["n_heads"]),
            d_vocab=_numbers(match["d_vocab"] or str(default_vocabulary(match["kind"]))),
            transformations=tuple(match["transformations"].split("+")[1:]),
            rest=match["rest"],
            ranges=tuple((found[0], _numbers(found[0])) for found in _PLACEHOLDER.finditer(text)),
        )

    def fill(self, n_layers: int, n_heads: int, choose: Callable[[range], int]) -> str:
        """Return a model's name with this shape and a chosen number for each later placeholder."""
        rest = _PLACEHOLDER.sub(lambda found: str(choose(_numbers(found[0]))), self.rest)
        return f"{self.kind}-{n_layers}x{n_heads}{rest}"


class TrainingRun(NamedTuple):
    """A training run: a model's shape and the seed that its training starts from."""

    n_layers: int
    n_heads: int
    seed: int

    @classmethod
    def parse(cls, name: str) -> Self:
        """Parse a run's name.

        Raises:
            KernelError: The name does not follow the grammar, or the model is too small for an
                induction circuit.
        """
        match = _RUN.fullmatch(name)
        run = cls(*(int(number) for number in match.groups())) if match else None
        if run is None or run.n_layers < 2 or run.n_heads < 1:  # noqa: PLR2004
            raise KernelError(f"no training run is called {name!r}: write {TRAINING_RUN_GRAMMAR}")
        return run

    def __str__(self) -> str:
        return f"trained-{self.n_layers}x{self.n_heads}@{self.seed}"


def is_synthetic(name: str) -> bool:
    """Return True if a model is built from its name alone: the name gives its circuit away."""
    return name.startswith(("planted-", "generic-"))


def is_training_run(name: str) -> bool:
    """Return True if a name is meant to be a training run's."""
    return name.startswith("trained")


def has_placeholders(text: str) -> bool:
    """Return True if a text contains a range or a ``*``."""
    return _PLACEHOLDER.search(text) is not None


def is_name_or_alias(text: str) -> bool:
    """Return True for a plain name, and for a pattern's name with transformations after it."""
    return _ALIAS.fullmatch(text) is not None


def default_vocabulary(kind: str) -> int:
    """Return the number of tokens of a model whose name states no vocabulary."""
    return GPT2_VOCABULARY if kind == "planted" else GENERIC_VOCABULARY


def minimum_layers(kind: str) -> int:
    """Return the fewest layers a model of a kind can have: an induction circuit needs two."""
    return 2 if kind == "planted" else 1


def _numbers(text: str) -> range:
    """Return the numbers that ``5``, ``5..8`` or ``*`` stands for."""
    if text == "*":
        return range(1, MAX_SEED + 1)
    low, _, high = text.partition("..")
    return range(int(low), int(high or low) + 1)
