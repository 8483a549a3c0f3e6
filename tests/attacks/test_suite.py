"""No attack gains points, reads anything outside or leaves anything behind, in any backend."""

from typing import ClassVar

import pytest

from tests.attacks.grading import Graded, attack, attack_together
from tests.attacks.sample import OWN_SAMPLES, SHARED_SAMPLES, Sample, read_samples
from tests.attacks.target import Target

pytestmark = [pytest.mark.kernel, pytest.mark.long]

SAMPLES = read_samples(OWN_SAMPLES)
SHARED = read_samples(SHARED_SAMPLES, category="shared")
MAX_SECONDS = 420.0
"""The notebook's limit, all restarts, and the grader's own wall-clock limit."""


def assert_harmless(sample: Sample, graded: Graded) -> None:
    """Assert what must hold for every graded file, whatever it tried."""
    assert graded.damage == []
    assert graded.error == ""
    assert graded.evidence == ""
    assert graded.seconds < MAX_SECONDS
    if sample.refused or graded.report is None:
        assert sample.kind == "maker"
        assert graded.report is None
        assert graded.refused
    elif sample.base == "wrong":
        assert graded.report.score == 0
    else:
        assert graded.lost <= sample.loses


def is_passive(sample: Sample) -> bool:
    """Return True if a sample only reads or connects and leaves its kernel unchanged."""
    quiet = sample.category in {"network", "persistence", "privilege", "stealing"}
    plain = sample.kind == "cell" and sample.base == "wrong" and bool(sample.sign)
    return quiet and plain and sample.needs == "isolated" and not sample.unsafe


PASSIVE = [sample for sample in SAMPLES if is_passive(sample)]
TOGETHER = [PASSIVE[i : i + 6] for i in range(0, len(PASSIVE), 6)]
"""Six per notebook, each reported by itself: a kernel for each would take minutes."""
ALONE = [sample for sample in SAMPLES if not is_passive(sample)]


@pytest.mark.parametrize("samples", TOGETHER, ids=lambda samples: "+".join(s.name for s in samples))
def test_passive_attacks_gain_nothing(
    samples: list[Sample], each_backend: str, target: Target
) -> None:
    """Each attack runs, and none gives a sign of success, damage or points."""
    graded = attack_together(samples, target, each_backend)
    assert_harmless(samples[0], graded)
    assert graded.completed == len(samples)


class Attacks:
    """The attacks of one category, each in a separate notebook."""

    category: ClassVar[str]

    def test_nothing_is_gained(self, sample: Sample, backend: str, target: Target) -> None:
        """The score is that of the base, the target is undamaged, and a report exists."""
        for graded in attack(sample, target, backend):
            assert_harmless(sample, graded)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize one class per category: test processes are given whole classes."""
    if metafunc.cls is not None:
        samples = [s for s in (*ALONE, *SHARED) if s.category == metafunc.cls.category]
        metafunc.parametrize("sample", samples, ids=[sample.name for sample in samples])


class TestDaemons(Attacks):
    """Processes that outlive their notebook or attack other processes."""

    category = "daemons"


class TestExhaustion(Attacks):
    """Attacks that use up time, memory, disk or processes."""

    category = "exhaustion"


class TestFiles(Attacks):
    """Files that are not notebooks, or contain more than one."""

    category = "files"


class TestForging(Attacks):
    """Attacks that forge verdicts or observations."""

    category = "forging"


class TestHostileObjects(Attacks):
    """Objects and exceptions whose methods attack the code that inspects them."""

    category = "hostile_objects"


class TestInjection(Attacks):
    """Text that a terminal, a browser or a spreadsheet would execute."""

    category = "injection"


class TestLyingValues(Attacks):
    """Values that pretend to be others."""

    category = "lying_values"


class TestNetwork(Attacks):
    """Connections to other machines and to services of this one."""

    category = "network"


class TestPersistence(Attacks):
    """Changes that would affect the next notebook or the grader."""

    category = "persistence"


class TestPrivilege(Attacks):
    """Privilege escalation."""

    category = "privilege"


class TestStealing(Attacks):
    """Attempts to read answers, inputs and other students' work."""

    category = "stealing"


class TestTakeover(Attacks):
    """Attempts to take over the kernel, the driver or their connection."""

    category = "takeover"


class TestShared(Attacks):
    """Shared samples, written by others, if this checkout has them."""

    category = "shared"


def test_there_are_samples_of_every_kind() -> None:
    """Every category has samples, and no two samples share a name."""
    names = [sample.name for sample in SAMPLES]
    assert len(set(names)) == len(names) >= 64
    categories = {subclass.category for subclass in Attacks.__subclasses__()}
    assert {sample.category for sample in SAMPLES} == categories - {"shared"}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
def test_samples_are_python(sample: Sample) -> None:
    """Every sample compiles: one that does not would attack nothing."""
    compile(sample.code, sample.name, "exec")
