"""Without isolation the attacks get through: no test of the suite passes by accident."""

import os
import sysconfig

import pytest

from tests.attacks.conftest import THROW_AWAY
from tests.attacks.grading import attack
from tests.attacks.sample import OURS, Sample, read_samples
from tests.attacks.world import World

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(not THROW_AWAY.exists(), reason=f"harms the machine: needs {THROW_AWAY}"),
]
HARMFUL = [s for s in read_samples(OURS) if s.needs == "isolated" and not s.unsafe]


@pytest.mark.parametrize("sample", HARMFUL, ids=lambda sample: sample.id)
def test_an_attack_gets_through_where_nothing_holds_it(sample: Sample, world: World) -> None:
    """Without isolation each of these shows: by its sign, by what it leaves, or by points."""
    if sample.name == "site_packages" and not os.access(sysconfig.get_paths()["purelib"], os.W_OK):
        pytest.skip("the libraries of this container cannot be written to by anyone")
    shown = [
        found.evidence or found.damage or found.broken or (found.report and found.report.score)
        for found in attack(sample, world, "none")
    ]
    assert all(shown)
