"""The answer key: answers of the reference, the accepted variants and the known mistakes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from grader.protocol.values import Expected, Recording, Value
from grader.rubric.known_answers import Mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRequest:
    """Options of an answer key."""

    device: str
    """Device that the models run on: ``auto``, ``cpu`` or ``cuda``."""
    seed: int = 0
    """Seed of the run, and of the models that hidden probes run on."""
    hidden: bool = False
    """True for a key of the hidden probes, False for one of all others."""
    include_equivalent: bool = False
    """True to run equivalent variants too, as `grade rubric check` does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyProvenance:
    """Provenance of a key, which fits only the rubric and the model that it was built for."""

    lab: str
    probing_sha256: str
    reference_sha256: str
    model: str
    device: str
    seed: int
    torch: str
    transformer_lens: str
    hidden: bool = False
    """True if it answers the hidden probes only; their models are then drawn from ``seed``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerKey:
    """Expected values, from running the reference as a submission."""

    provenance: KeyProvenance
    expected: Mapping[str, Expected]
    """The reference's answers, by probe."""
    variants: Mapping[str, Mapping[str, Value]]
    """The variants' answers, by variant and probe."""
    mistakes: Mapping[str, Mapping[str, Value]]
    """The mistakes' answers, by mistake and probe; means if it draws its own inputs."""
    recordings: Mapping[str, Recording]
    """Recorded calls of the reference, by name."""
    spreads: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    """Standard deviations of the mistakes' answers that are means, by mistake and probe."""
    known_mistakes: tuple[Mistake, ...] = ()
    """Descriptions of all known mistakes of the lab: how to recognise them, and the feedback."""

    def merge(self, hidden: "AnswerKey") -> "AnswerKey":
        """Return this key with the answers of a hidden key added."""
        return replace(
            self,
            expected={**self.expected, **hidden.expected},
            variants=_merge_nested(self.variants, hidden.variants),
            mistakes=_merge_nested(self.mistakes, hidden.mistakes),
            recordings={**hidden.recordings, **self.recordings},
            spreads=_merge_nested(self.spreads, hidden.spreads),
        )

    def with_probe_answers(self, answers: Mapping[str, Value]) -> dict[str, Expected]:
        """Return the expected values with a variant's answers instead of the reference's."""
        replaced = {name: Expected(value=value) for name, value in answers.items()}
        return {**self.expected, **replaced}


def _merge_nested(
    one: Mapping[str, Mapping[str, Value]], other: Mapping[str, Mapping[str, Value]]
) -> dict[str, dict[str, Value]]:
    return {
        name: {**one.get(name, {}), **other.get(name, {})} for name in dict.fromkeys((*one, *other))
    }
