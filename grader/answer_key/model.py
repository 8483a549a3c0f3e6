"""The answer key: what the reference, the accepted variants and the known mistakes answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from grader.protocol.values import Expected, Recording, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRequest:
    """What a key is wanted for."""

    device: str
    """Where the models run: ``auto``, ``cpu`` or ``cuda``."""
    seed: int = 0
    """Of the run, and of the models that hidden probes are asked on."""
    hidden: bool = False
    """Whether it answers the hidden probes alone, or all others."""
    alike: bool = False
    """Whether variants that answer as the reference does are run too."""


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
    hidden: bool = False
    """Whether it answers the hidden probes, and those alone; ``seed`` then draws their models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerKey:
    """Expected values, from the reference run as a submission."""

    about: KeyAbout
    expected: Mapping[str, Expected]
    """Probe name to the reference's answer."""
    variants: Mapping[str, Mapping[str, Value]]
    """Variant name to its answers, probe by probe."""
    mistakes: Mapping[str, Mapping[str, Value]]
    """Mistake name to its answers, probe by probe; means where it draws its own inputs."""
    recordings: Mapping[str, Recording]
    spreads: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    """Mistake name to the standard deviations of the answers that are means."""

    def joined(self, hidden: "AnswerKey") -> "AnswerKey":
        """This key with the answers to the hidden probes beside its own."""
        return replace(
            self,
            expected={**self.expected, **hidden.expected},
            variants=_joined(self.variants, hidden.variants),
            mistakes=_joined(self.mistakes, hidden.mistakes),
            recordings={**hidden.recordings, **self.recordings},
            spreads=_joined(self.spreads, hidden.spreads),
        )

    def answered_by(self, answers: Mapping[str, Value]) -> dict[str, Expected]:
        """What would be expected if a variant were the reference."""
        replaced = {name: Expected(value=value) for name, value in answers.items()}
        return {**self.expected, **replaced}


def _joined(
    ours: Mapping[str, Mapping[str, Value]], theirs: Mapping[str, Mapping[str, Value]]
) -> dict[str, dict[str, Value]]:
    return {
        name: {**ours.get(name, {}), **theirs.get(name, {})}
        for name in dict.fromkeys((*ours, *theirs))
    }
