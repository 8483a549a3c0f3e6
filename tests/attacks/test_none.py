"""Without isolation the attacks succeed, so the tests of the suite mean something."""

import os
import sysconfig

import pytest

from tests.attacks.conftest import DISPOSABLE_MACHINE
from tests.attacks.grading import attack
from tests.attacks.sample import OWN_SAMPLES, Sample, read_samples
from tests.attacks.target import Target

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(
        not DISPOSABLE_MACHINE.exists(), reason=f"harms the machine: needs {DISPOSABLE_MACHINE}"
    ),
    pytest.mark.long,
]
HARMFUL = [s for s in read_samples(OWN_SAMPLES) if s.needs == "isolated" and not s.unsafe]


@pytest.mark.parametrize("sample", HARMFUL, ids=lambda sample: sample.id)
def test_an_attack_succeeds_without_isolation(sample: Sample, target: Target) -> None:
    """Without isolation each attack is detected: by its sign, by damage or by points."""
    if sample.name == "site_packages" and not os.access(sysconfig.get_paths()["purelib"], os.W_OK):
        pytest.skip("the libraries of this container are not writable")
    detected = [
        g.evidence or g.damage or g.error or (g.report and g.report.score)
        for g in attack(sample, target, "none")
    ]
    assert all(detected)
