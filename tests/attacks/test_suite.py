"""Every attack, in every kind of isolation: no point, no look outside, nothing left behind."""

import pytest

from tests.attacks.grading import Graded, attack, attack_together
from tests.attacks.sample import OURS, THEIRS, Sample, read_samples
from tests.attacks.world import World

pytestmark = pytest.mark.kernel

SAMPLES = read_samples(OURS)
SHARED = read_samples(THEIRS, category="shared")
HARD_CAP = 420.0
"""Seconds: the notebook's limit, every restart, and the wall clock behind them."""


def hold(sample: Sample, found: Graded) -> None:
    """What must be true of every graded file, whatever it tried."""
    assert found.damage == []
    assert found.broken == ""
    assert found.evidence == ""
    assert found.seconds < HARD_CAP
    if sample.refused or found.report is None:
        assert sample.kind == "maker"
        assert found.report is None
        assert found.refused
    elif sample.base == "wrong":
        assert found.report.score == 0
    else:
        assert found.lost <= sample.loses


def gentle(sample: Sample) -> bool:
    """Whether a sample only looks or reaches out, and leaves its kernel as it was."""
    quiet = sample.category in {"network", "persistence", "privilege", "stealing"}
    plain = sample.kind == "cell" and sample.base == "wrong" and bool(sample.sign)
    return quiet and plain and sample.needs == "isolated" and not sample.unsafe


GENTLE = [sample for sample in SAMPLES if gentle(sample)]
TOGETHER = [GENTLE[i : i + 6] for i in range(0, len(GENTLE), 6)]
"""Six in a notebook, each heard for itself: a kernel for each would take minutes."""
ALONE = [sample for sample in SAMPLES if not gentle(sample)]


@pytest.mark.parametrize("samples", TOGETHER, ids=lambda samples: "+".join(s.name for s in samples))
def test_attacks_that_look_around_get_nothing(
    samples: list[Sample], backend: str, world: World
) -> None:
    """No sign of any of them, no damage, no point; and each was tried."""
    found = attack_together(samples, world, backend)
    hold(samples[0], found)
    assert found.told == len(samples)


@pytest.mark.parametrize("sample", ALONE, ids=lambda sample: sample.id)
def test_an_attack_gets_nothing(sample: Sample, backend: str, world: World) -> None:
    """The score is that of the base, the world is as before, and a report exists."""
    for found in attack(sample, world, backend):
        hold(sample, found)


@pytest.mark.skipif(not SHARED, reason="the shared samples are not part of this checkout")
@pytest.mark.parametrize("sample", SHARED, ids=lambda sample: sample.id)
def test_a_shared_attack_gets_nothing(sample: Sample, backend: str, world: World) -> None:
    """The samples that others wrote are held to the same rule."""
    for found in attack(sample, world, backend):
        hold(sample, found)


def test_there_are_samples_of_every_kind() -> None:
    """No category of attack is without samples, and no two samples share a name."""
    names = [sample.name for sample in SAMPLES]
    assert len(set(names)) == len(names) >= 64
    assert {sample.category for sample in SAMPLES} == {
        "daemons",
        "exhaustion",
        "files",
        "forging",
        "hostile_objects",
        "injection",
        "lying_values",
        "network",
        "persistence",
        "privilege",
        "stealing",
        "takeover",
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
def test_samples_are_python(sample: Sample) -> None:
    """A sample that does not compile would attack nothing."""
    compile(sample.code, sample.name, "exec")
