"""The answer key: what the reference, the accepted variants and the known mistakes answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from grader.values import Expected, Recording, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAbout:
    """What a key was made from; a key made from something else does not fit."""

    lab: str
    probing_sha256: str
    reference_sha256: str
    model: str
    device: str
    seed: int
    torch: str
    transformer_lens: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerKey:
    """Expected values, from the reference run as a submission."""

    about: KeyAbout
    expected: Mapping[str, Expected]
    """Probe name to the reference's answer."""
    variants: Mapping[str, Mapping[str, Value]]
    """Variant name to its answers, probe by probe."""
    mistakes: Mapping[str, Mapping[str, Value]]
    """Mistake name to its answers, probe by probe."""
    recordings: Mapping[str, Recording]

    def answered_by(self, answers: Mapping[str, Value]) -> dict[str, Expected]:
        """What would be expected if a variant were the reference."""
        replaced = {name: Expected(value=value) for name, value in answers.items()}
        return {**self.expected, **replaced}
