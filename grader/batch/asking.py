"""What every submission of a sitting is asked, made once for all of them."""

from grader.batch.asked import Asked, asked
from grader.key_store import models_sha256
from grader.probing import ask
from grader.sitting import Sitting


def asked_in(sitting: Sitting) -> Asked:
    """What a run in this sitting is asked, as it is kept beside its answers."""
    settings, key = sitting.settings, sitting.key
    job = ask(sitting.file.rubric, key.recordings, device=settings.device, seed=sitting.seed)
    return asked(job, seed=sitting.seed, full=settings.full, models=models_sha256())
