"""What keeps a notebook from everything else, each kind tried."""

from collections.abc import Iterable, Iterator

from grader.doctor.finding import Finding
from grader.isolation.choice import trials
from grader.isolation.trial import Trial

_PROTECTION = {
    "bubblewrap": "bubblewrap: no network, no files but their own, limits on everything",
    "landlock": "landlock: no network, no files but their own, limits; processes and free disk "
    "space of this machine can be seen",
    None: "no sandbox: limits on time only. Answers stay out of the notebook's process all the "
    "same, but not out of its reach on the disk",
}
_STRONGER = (
    "For more protection, on Debian or Ubuntu: apt install bubblewrap libseccomp2; "
    "`--isolation strict` says what else is missing."
)
_TRUSTED = "Your own notebook is fine. Of others grade only those you trust. "


def isolation(tried: Iterable[Trial] | None = None) -> Iterator[Finding]:
    """Every kind of sandbox, the strongest first, and what notebooks run in.

    Args:
        tried: What came of trying them, if that has been done.
    """
    best = None
    for trial in trials() if tried is None else tried:
        name, problem = trial.backend.name, trial.problem
        needed = problem is not None and best is None
        spare = "" if needed else "not to be had here, and not needed: "
        best = best or (name if problem is None else None)
        yield Finding(
            name=f"Isolation: {name}",
            says=f"{spare}{problem}" if problem else "holds (tried just now)",
            state="warning" if needed else "ok",
            advice=_STRONGER if needed else "",
        )
    yield Finding(
        name="Notebooks run in",
        says=_PROTECTION[best],
        state="ok" if best else "warning",
        advice="" if best else _TRUSTED + _STRONGER,
    )
