"""What every submission of a sitting is asked, made once for all of them."""

from grader.batch.asked import Asked, asked
from grader.key_store import models_sha256
from grader.sitting import Sitting


def asked_in(sitting: Sitting) -> Asked:
    """What a run in this sitting is asked, as it is kept beside its answers."""
    full, models = sitting.settings.full, models_sha256()
    return asked(sitting.job, seed=sitting.seed, full=full, models=models)
