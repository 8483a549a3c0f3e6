"""A grading session: the state shared by all submissions of a run.

It holds the rubric (as selected), the answer key, the seed and the sandbox's backend.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from grader.answer_key.find import find_key, read_key_file
from grader.answer_key.model import AnswerKey, KeyRequest
from grader.answer_key.reference_source import has_reference
from grader.errors import RubricError
from grader.execution.job import Job, PreparedSubmission, build_job
from grader.execution.memory import available_memory, memory_warning
from grader.execution.prepare_models import WeightsBuilder
from grader.execution.run import WeightsFinder
from grader.files.cache import build_cache
from grader.protocol.frames import Frame
from grader.rubric.hidden_models import random_seed
from grader.rubric.load import RubricFile
from grader.rubric.model import Rubric
from grader.sandbox.base import Backend, ForkableBackend
from grader.sandbox.select import IsolationLevel, choose_backend, with_fork_server
from grader.sandbox.unsandboxed import UNSANDBOXED


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Options of a grading run."""

    model: str | None = None
    """Model to grade on, instead of the rubric's grading model."""
    device: str = "auto"
    seed: int | None = None
    """Random seed. Defaults to 0; with hidden probes, to a new secret seed."""
    only: str | None = None
    """A criterion's id or a function's name: grade nothing else."""
    full: bool = False
    """Run the hidden probes too."""
    hidden_key: Path | None = None
    """Answer key for the hidden probes, if there is no reference; its seed becomes the run's."""
    public_key: Path | None = None
    """Answer key to use instead of the one that ships with the lab."""
    isolation: IsolationLevel = "auto"
    """Isolation level: ``auto`` uses the strongest sandbox available, ``strict`` refuses to run
    without one, ``none`` runs without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingEvents:
    """Callbacks for progress while a key is built and submissions are graded."""

    started: Callable[[PreparedSubmission], None] = lambda _prepared: None
    """Called when a submission is about to run."""
    frame: Callable[[Frame], None] = lambda _frame: None
    """Called with every message of the driver."""
    note: Callable[[str], None] = lambda _text: None
    """Called with a line of text for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingSession:
    """A rubric, a key, a seed and a backend, for any number of submissions."""

    rubric_file: RubricFile
    """The rubric, reduced to what is selected."""
    key: AnswerKey
    settings: Settings
    seed: int
    backend: Backend
    memory_fraction: float = 1.0
    """Fraction of the device's memory that one kernel may use; less if several share a GPU."""
    weights: WeightsFinder | None = None
    """Returns a hidden model's weights file; None builds the models for each submission anew."""

    @property
    def job(self) -> Job:
        """The job of every submission, without its cells."""
        return build_job(
            self.rubric_file.rubric,
            self.key.recordings,
            device=self.settings.device,
            seed=self.seed,
        )


def open_session(
    file: RubricFile, settings: Settings, events: GradingEvents | None = None
) -> GradingSession:
    """Open a session: select the criteria, find or build the answer key, choose the sandbox.

    Raises:
        RubricError: Nothing of the rubric is selected.
        AnswerKeyError: No key fits.
        KernelError: The required sandbox is not available.
    """
    events = events or GradingEvents()
    backend = select_backend(settings)
    on_model = replace(file, rubric=file.rubric.on_model(settings.model))
    rubric = _select(on_model.rubric, settings)  # before a key is built: the name may be wrong
    if text := memory_warning(rubric.models["grading"], available_memory()):
        events.note(text)
    key = _find_keys(on_model, settings, events)
    # Known mistakes come with the key, and may need probes of their own.
    rubric = _select(on_model.rubric.with_mistakes(key.known_mistakes), settings)
    return GradingSession(
        rubric_file=replace(on_model, rubric=rubric),
        key=key,
        settings=settings,
        seed=key.provenance.seed if settings.full else settings.seed or 0,
        backend=backend,
    )


def _select(rubric: Rubric, settings: Settings) -> Rubric:
    """Return the part of a rubric that the settings select."""
    return select_criteria(rubric if settings.full else rubric.without_hidden(), settings.only)


def select_criteria(rubric: Rubric, name: str | None) -> Rubric:
    """Return the part of a rubric about one criterion or function.

    Args:
        name: A criterion's id or a function's name; None selects everything.

    Raises:
        RubricError: There is no such criterion or function; the message lists the functions.
    """
    part = rubric.select(name)
    if not part.criteria:
        choices = ", ".join(dict.fromkeys(c.function for c in rubric.criteria if c.function))
        raise RubricError(
            f"No criterion is about {name!r}: choose a criterion's id or one of {choices}."
        )
    return part


@contextmanager
def prefork(session: GradingSession) -> Iterator[GradingSession]:
    """Yield the session with kernels forked from a preloaded process, if the backend allows it.

    Hidden models are built once for all submissions. The preloading pays off from the second
    submission on.
    """
    build_cache()
    job = session.job
    names = job.secret_models
    with (
        WeightsBuilder(names) if names else nullcontext() as builder,
        with_fork_server(
            select_backend(session.settings), job.model, prebuilt=job.public_models
        ) as backend,
    ):
        yield replace(session, backend=backend, weights=builder.file if builder else None)


def select_backend(settings: Settings) -> ForkableBackend:
    """Select the sandbox's backend; hidden probes require one unless isolation is ``none``.

    Raises:
        KernelError: No sandbox is available and running without one was not requested.
    """
    backend = choose_backend(settings.isolation)
    if settings.full and backend is UNSANDBOXED and settings.isolation != "none":
        choose_backend("strict")  # raises, and says what is missing
    return backend


def why_hidden_skipped(file: RubricFile, settings: Settings) -> str | None:
    """Return in one line why hidden probes have to be skipped; None if they can be run.

    Args:
        settings: Everything but `Settings.full` is considered.

    Raises:
        KernelError: The required sandbox is not available.
    """
    start = "Hidden probes are skipped: "
    if settings.isolation != "none" and select_backend(settings) is UNSANDBOXED:
        return (
            f"{start}no sandbox works here (see `grade doctor`), and the notebook could read "
            "what they test."
        )
    if settings.hidden_key is not None or has_reference(file.rubric):
        return None
    return f"{start}the reference is not installed here to answer them: give a hidden key (--key)."


def _find_keys(file: RubricFile, settings: Settings, events: GradingEvents) -> AnswerKey:
    """Find or build the public key; with hidden probes, merge the hidden key and its seed in."""
    request = KeyRequest(device=settings.device)
    if settings.public_key is not None:
        key = read_key_file(settings.public_key, file, hidden=False)
    else:
        key = find_key(file, request, progress=events.frame, note=events.note)
    if not settings.full:
        return key
    if settings.hidden_key is not None:
        hidden = read_key_file(settings.hidden_key, file, hidden=True)
    else:
        seed = settings.seed if settings.seed is not None else random_seed()
        hidden_request = replace(request, seed=seed, hidden=True)
        hidden = find_key(file, hidden_request, progress=events.frame, note=events.note)
    return replace(
        key.merge(hidden), provenance=replace(key.provenance, seed=hidden.provenance.seed)
    )
