"""Every attack, in every kind of isolation: no point, no look outside, nothing left behind."""

from typing import ClassVar

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
    samples: list[Sample], each_backend: str, world: World
) -> None:
    """No sign of any of them, no damage, no point; and each was tried."""
    found = attack_together(samples, world, each_backend)
    hold(samples[0], found)
    assert found.told == len(samples)


class Attacks:
    """The attacks of one category, each in a notebook of its own."""

    category: ClassVar[str]

    def test_nothing_is_gained(self, sample: Sample, backend: str, world: World) -> None:
        """The score is that of the base, the world is as before, and a report exists."""
        for found in attack(sample, world, backend):
            hold(sample, found)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A category a class: test processes take whole classes, and share them out."""
    if metafunc.cls is not None:
        mine = [s for s in (*ALONE, *SHARED) if s.category == metafunc.cls.category]
        metafunc.parametrize("sample", mine, ids=[sample.name for sample in mine])


class TestDaemons(Attacks):
    """Processes that outlive their notebook, and what they do to others."""

    category = "daemons"


class TestExhaustion(Attacks):
    """All of the time, memory, disk, processes there is."""

    category = "exhaustion"


class TestFiles(Attacks):
    """Files that are no notebooks, or more than one."""

    category = "files"


class TestForging(Attacks):
    """Verdicts of one's own making."""

    category = "forging"


class TestHostileObjects(Attacks):
    """Objects and exceptions that do things when looked at."""

    category = "hostile_objects"


class TestInjection(Attacks):
    """Text that a terminal, a page or a spreadsheet would obey."""

    category = "injection"


class TestLyingValues(Attacks):
    """Values that are not what they say."""

    category = "lying_values"


class TestNetwork(Attacks):
    """Ways out to other machines and to services of this one."""

    category = "network"


class TestPersistence(Attacks):
    """What the next notebook, or the grader, would find."""

    category = "persistence"


class TestPrivilege(Attacks):
    """Becoming somebody else."""

    category = "privilege"


class TestStealing(Attacks):
    """Answers, inputs and the work of others."""

    category = "stealing"


class TestTakeover(Attacks):
    """The kernel, the driver and what runs between them."""

    category = "takeover"


class TestShared(Attacks):
    """The samples that others wrote, where this checkout has them."""

    category = "shared"


def test_there_are_samples_of_every_kind() -> None:
    """No category of attack is without samples, and no two samples share a name."""
    names = [sample.name for sample in SAMPLES]
    assert len(set(names)) == len(names) >= 64
    classes = {found.category for found in Attacks.__subclasses__()}
    assert {sample.category for sample in SAMPLES} == classes - {"shared"}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
def test_samples_are_python(sample: Sample) -> None:
    """A sample that does not compile would attack nothing."""
    compile(sample.code, sample.name, "exec")
